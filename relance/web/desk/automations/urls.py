"""Turns the addresses of Automations into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.automations import builder, files, library, listed, versions

AT = "automations"
ONE = f"{AT}/<str:name>"
urlpatterns: list[URLPattern] = [
    path(f"{AT}/", listed.automations, name="desk-automations"),
    path(f"{AT}/new/", builder.new_automation, name="desk-automation-new"),
    path(f"{AT}/values/", builder.picker, name="desk-automation-values"),
    path(f"{AT}/library/", library.library, name="desk-library"),
    path(f"{AT}/library/<str:code>/", library.entry, name="desk-library-entry"),
    path(f"{AT}/library/<str:code>/add/", library.add, name="desk-library-add"),
    path(f"{AT}/file/", files.take_in, name="desk-automations-file"),
    path(f"{AT}/file/apply/", files.apply_file, name="desk-automations-apply"),
    path(f"{AT}/file/all.yaml", files.give_out, name="desk-automations-yaml"),
    path(f"{ONE}/", builder.builder, name="desk-automation"),
    path(f"{ONE}/keep/", builder.keep_typed, name="desk-automation-keep"),
    path(f"{ONE}/shape/", builder.reshape, name="desk-automation-shape"),
    path(f"{ONE}/beside/", builder.beside, name="desk-automation-beside"),
    path(f"{ONE}/matching/", builder.matching, name="desk-automation-matching"),
    path(f"{ONE}/ahead/", builder.ahead, name="desk-automation-ahead"),
    path(f"{ONE}/find/", builder.find_attribute, name="desk-automation-find"),
    path(f"{ONE}/save/", builder.save, name="desk-automation-save"),
    path(f"{ONE}/test/", builder.send_a_test, name="desk-automation-test"),
    path(f"{ONE}/discard/", builder.discard, name="desk-automation-discard"),
    path(f"{ONE}/copy/", listed.copy, name="desk-automation-copy"),
    path(f"{ONE}/switch/", listed.switching, name="desk-automation-switching"),
    path(f"{ONE}/switched/", listed.switched, name="desk-automation-switched"),
    path(f"{ONE}/versions/", versions.versions, name="desk-automation-versions"),
    path(f"{ONE}/versions/bring-back/", versions.bring_back, name="desk-automation-bring-back"),
]
