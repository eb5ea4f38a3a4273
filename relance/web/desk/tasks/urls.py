"""Turns the addresses of Tasks into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.tasks import staff_lists, task_acts, tasks

urlpatterns: list[URLPattern] = [
    path("tasks/", tasks.tasks, name="desk-tasks"),
    path("tasks/calls/", tasks.call_list, name="desk-call-list"),
    path("tasks/<uuid:key>/", tasks.task, name="desk-task"),
    path("tasks/<uuid:key>/outcome/", task_acts.say_outcome, name="desk-task-outcome"),
    path("tasks/<uuid:key>/done/", task_acts.finish, name="desk-task-done"),
    path("tasks/<uuid:key>/wish/", task_acts.decide_wish, name="desk-task-wish"),
    path("tasks/<uuid:key>/mine/", task_acts.take, name="desk-task-mine"),
    path("tasks/<uuid:key>/later/", task_acts.wait, name="desk-task-later"),
    path("tasks/<uuid:key>/resolve/", task_acts.resolve, name="desk-task-resolve"),
    path("tasks/<uuid:key>/undo/", task_acts.undo, name="desk-task-undo"),
    path("lists/", staff_lists.staff_lists, name="desk-lists"),
]
