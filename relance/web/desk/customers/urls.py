"""Turns the addresses of Customers into its pages; an id of the business system may have any sign, so it comes last."""

from django.urls import URLPattern, path

from relance.web.desk.customers import acts, customers, doubles, one

urlpatterns: list[URLPattern] = [
    path("customers/", customers.customers, name="desk-customers"),
    path("customers/doubles/", doubles.doubles, name="desk-doubles"),
    path("customers/doubles/decide/", doubles.decide_doubles, name="desk-doubles-decide"),
    path("customers/why/<path:ref>/", one.why_or_not, name="desk-customer-why"),
    path("customers/consent/<path:ref>/", acts.consent, name="desk-customer-consent"),
    path("customers/remind/<path:ref>/", acts.reminder, name="desk-customer-remind"),
    path("customers/no-reminder/<path:ref>/", acts.no_reminder, name="desk-customer-no-reminder"),
    path("customers/let-go/<path:ref>/", acts.let_go, name="desk-customer-let-go"),
    path("customers/hold-back/<path:ref>/", acts.hold, name="desk-customer-hold"),
    path("customers/data/<path:ref>/", acts.person_file, name="desk-customer-data"),
    path("customers/forget/<path:ref>/", acts.forget, name="desk-customer-forget"),
    path("customers/vehicle/<path:ref>/", one.vehicle, name="desk-vehicle"),
    path("customers/one/<path:ref>/", one.customer, name="desk-customer"),
]
