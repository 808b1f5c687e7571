"""Addresses of the shell: the saved views of lists."""

from django.urls import path

from . import views

urlpatterns = [
    path("views/save/", views.save_list_view, name="list-view-save"),
    path("views/delete/", views.delete_list_view, name="list-view-delete"),
]
