"""Addresses of the public door (``p/``) and of the pages behind it (``portal/``)."""

from django.urls import path

from .views import door, enquiries, enquiry, feed, open_data, public, screens

urlpatterns = [
    path("robots.txt", public.robots, name="robots"),
    path("p/", public.home, name="public-home"),
    path("p/open-data/premises.schema.json", open_data.schema, name="open-data-schema"),
    path("p/<slug:slug>/", public.unit_list, name="public-units"),
    path("p/<slug:slug>/logo/", public.logo, name="public-logo"),
    path("p/<slug:slug>/units/<int:pk>/", public.unit_page, name="public-unit"),
    path("p/<slug:slug>/units/<int:pk>/qr.svg", public.unit_qr, name="public-unit-qr"),
    path("p/<slug:slug>/units/<int:pk>/poster/", public.unit_poster, name="public-unit-poster"),
    path("p/<slug:slug>/units/<int:pk>/enquiry/", enquiry.ask_about_unit, name="public-unit-enquiry"),
    path("p/<slug:slug>/pictures/<int:pk>/", public.picture, name="public-picture"),
    path("p/<slug:slug>/enquiry/", enquiry.ask, name="public-enquiry"),
    path("p/<slug:slug>/enquiry/done/", enquiry.done, name="public-enquiry-done"),
    path("p/<slug:slug>/units.csv", open_data.units_csv, name="public-units-csv"),
    path("p/<slug:slug>/units.json", open_data.units_json, name="public-units-json"),
    path("p/<slug:slug>/screen/", feed.screen, name="public-screen"),
    path("p/<slug:slug>/screen.json", feed.screen_feed, name="public-screen-feed"),
    path("p/<slug:slug>/screens/<str:key>/heartbeat/", feed.heartbeat, name="public-screen-beat"),
    path("portal/", door.door, name="door"),
    path("portal/edit/", door.door_edit, name="door-edit"),
    path("portal/open/", door.door_open, name="door-open"),
    path("portal/close/", door.door_close, name="door-close"),
    path("portal/sites/", door.listing_list, name="listing-list"),
    path("portal/sites/<int:pk>/", door.listing_detail, name="listing-detail"),
    path("portal/sites/<int:pk>/edit/", door.listing_edit, name="listing-edit"),
    path("portal/units/<int:pk>/", door.unit_listing, name="unit-listing"),
    path("portal/enquiries/", enquiries.enquiry_list, name="enquiry-list"),
    path("portal/enquiries/<int:pk>/", enquiries.enquiry_detail, name="enquiry-detail"),
    path("portal/enquiries/<int:pk>/reveal/", enquiries.enquiry_reveal, name="enquiry-reveal"),
    path("portal/enquiries/<int:pk>/answer/", enquiries.enquiry_answer, name="enquiry-answer"),
    path("portal/screens/", screens.screen_list, name="screen-list"),
    path("portal/screens/add/", screens.screen_add, name="screen-add"),
    path("portal/screens/<int:pk>/", screens.screen_detail, name="screen-detail"),
    path("portal/screens/<int:pk>/edit/", screens.screen_edit, name="screen-edit"),
    path("portal/screens/<int:pk>/remove/", screens.screen_remove, name="screen-remove"),
]
