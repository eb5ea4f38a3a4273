"""Turns the addresses of Campaigns into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.campaigns import groups, mailings

AT = "campaigns"
GROUP = f"{AT}/groups/<int:group>"
urlpatterns: list[URLPattern] = [
    path(f"{AT}/", mailings.campaigns, name="desk-campaigns"),
    path(f"{AT}/new/", mailings.new_mailing, name="desk-mailing-new"),
    path(f"{AT}/reach/", mailings.reach, name="desk-mailing-reach"),
    path(f"{AT}/write/", mailings.write, name="desk-mailing-write"),
    path(f"{AT}/mailings/<str:code>/cancel/", mailings.cancel, name="desk-mailing-cancel"),
    path(f"{GROUP}/", groups.group_page, name="desk-group"),
    path(f"{GROUP}/shape/", groups.reshape, name="desk-group-shape"),
    path(f"{GROUP}/matching/", groups.matching, name="desk-group-matching"),
    path(f"{GROUP}/save/", groups.save, name="desk-group-save"),
    path(f"{GROUP}/remove/", groups.remove, name="desk-group-remove"),
]
