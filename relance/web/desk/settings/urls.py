"""Turns the addresses of Settings into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.settings import audit_log, house, people

urlpatterns: list[URLPattern] = [
    path("settings/", house.settings_of, name="desk-settings"),
    path("settings/of/<slug:section>/", house.settings_of, name="desk-settings-of"),
    path("settings/of/<slug:section>/save/", house.save_settings, name="desk-settings-save"),
    path("settings/earlier/", house.settings_versions, name="desk-settings-versions"),
    path("settings/earlier/<int:number>/bring-back/", house.bring_back_settings, name="desk-settings-bring-back"),
    path("settings/people/", people.people, name="desk-people"),
    path("settings/people/invite/", people.invite_person, name="desk-invite"),
    path("settings/people/invitations/<int:number>/end/", people.take_back, name="desk-invitation-end"),
    path("settings/people/<int:number>/", people.change_person, name="desk-person-change"),
    path("settings/people/<int:number>/suspend/", people.suspend_person, name="desk-person-suspend"),
    path("settings/people/<int:number>/readmit/", people.readmit_person, name="desk-person-readmit"),
    path("settings/audit/", audit_log.audit_log, name="desk-audit"),
]
