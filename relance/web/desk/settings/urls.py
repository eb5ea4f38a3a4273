"""Turns the addresses of Settings into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.settings import audit_log, feeds, house, people, schedules, senders, staff, suppressed

urlpatterns: list[URLPattern] = [
    path("settings/", house.settings_of, name="desk-settings"),
    path("settings/of/<slug:section>/", house.settings_of, name="desk-settings-of"),
    path("settings/of/<slug:section>/save/", house.save_settings, name="desk-settings-save"),
    path("settings/earlier/", house.settings_versions, name="desk-settings-versions"),
    path("settings/earlier/<int:number>/bring-back/", house.bring_back_settings, name="desk-settings-bring-back"),
    path("settings/senders/", senders.senders, name="desk-senders"),
    path("settings/senders/<slug:channel>/", senders.save_sender, name="desk-sender-save"),
    path("settings/senders/<slug:channel>/check/", senders.check_sender, name="desk-sender-check"),
    path("settings/senders/<slug:channel>/test/", senders.test_sender, name="desk-sender-test"),
    path("settings/suppressed/", suppressed.suppressed, name="desk-suppressed"),
    path("settings/suppressed/<int:number>/use/", suppressed.use_again, name="desk-suppressed-use"),
    path("settings/feeds/", feeds.feeds, name="desk-feeds"),
    path("settings/feeds/bring/", feeds.bring_feed, name="desk-feed-bring"),
    path("settings/feeds/<int:number>/rejects/", feeds.rejects, name="desk-feed-rejects"),
    path("settings/schedules/", schedules.schedules, name="desk-schedules"),
    path("settings/schedules/<int:number>/", schedules.schedule, name="desk-schedule"),
    path("settings/schedules/<int:number>/save/", schedules.save_schedule, name="desk-schedule-save"),
    path("settings/schedules/<int:number>/take-back/", schedules.take_schedule_back, name="desk-schedule-take-back"),
    path("settings/schedules/<int:number>/bring-back/", schedules.bring_schedule_back, name="desk-schedule-bring-back"),
    path("settings/people/", people.people, name="desk-people"),
    path("settings/people/invite/", people.invite_person, name="desk-invite"),
    path("settings/people/invitations/<int:number>/end/", people.take_back, name="desk-invitation-end"),
    path("settings/people/<int:number>/", people.change_person, name="desk-person-change"),
    path("settings/people/<int:number>/suspend/", people.suspend_person, name="desk-person-suspend"),
    path("settings/people/<int:number>/readmit/", people.readmit_person, name="desk-person-readmit"),
    path("settings/staff/", staff.staff, name="desk-staff"),
    path("settings/staff/<int:number>/", staff.member, name="desk-staff-member"),
    path("settings/staff/<int:number>/save/", staff.save_member, name="desk-staff-save"),
    path("settings/staff/<int:number>/give-back/", staff.give_member_back, name="desk-staff-give-back"),
    path("settings/staff/<int:number>/retire/", staff.retire_member, name="desk-staff-retire"),
    path("settings/staff/<int:number>/bring-back/", staff.bring_member_back, name="desk-staff-bring-back"),
    path("settings/audit/", audit_log.audit_log, name="desk-audit"),
]
