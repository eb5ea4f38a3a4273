"""Turns the name of an icon into its drawing, in the colour of the text around it."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

CIRCLE = '<circle cx="8" cy="8" r="5.5"/>'
ICONS = {
    "programmes": (
        '<rect x="2" y="3" width="12" height="11" rx="1.5"/>'
        '<path d="M2 6.5h12M5.5 1.5v3M10.5 1.5v3M5 9.2h2M9 9.2h2M5 11.7h2"/>'
    ),
    "automations": (
        '<circle cx="4" cy="4" r="2"/><circle cx="12" cy="8" r="2"/><circle cx="4" cy="12" r="2"/>'
        '<path d="M6 4.4c3 .4 2.6 2.6 4.1 3M6 11.6c3-.4 2.6-2.6 4.1-3"/>'
    ),
    "tasks": '<path d="m2 4.2 1.3 1.3 2-2.5M2 11l1.3 1.3 2-2.5M8 4.5h6M8 11.3h6"/>',
    "customers": (
        '<circle cx="6" cy="5.5" r="2.3"/>'
        '<path d="M1.8 13c.3-2.6 2-4 4.2-4s3.9 1.4 4.2 4M10.4 3.6a2.2 2.2 0 0 1 0 4M12 9.4c1.3.6 2 1.8 2.2 3.6"/>'
    ),
    "results": '<path d="M2 13.5h12M4 11V8.5M7.5 11V5M11 11V2.5"/>',
    "settings": (
        '<circle cx="8" cy="8" r="2.1"/>'
        '<path d="M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4"/>'
    ),
    "bell": '<path d="M4 11.2V7a4 4 0 0 1 8 0v4.2l1.2 1.3H2.8zM6.6 14.2h2.8"/>',
    "outbox": '<path d="M14 2 2 6.8l4.8 2.1L9 14z"/><path d="M6.8 8.9 10 6"/>',
    "contact": (
        '<path d="M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6"/><circle cx="10.2" cy="4.5" r="1.7"/>'
        '<circle cx="5.8" cy="11.5" r="1.7"/>'
    ),
    "lists": '<path d="M6 4h7.5M6 8h7.5M6 12h7.5M2.8 4h.1M2.8 8h.1M2.8 12h.1"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.4 10.4 3.6 3.6"/>',
    "close": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "back": '<path d="M9.5 3.5 5 8l4.5 4.5"/>',
    "open": '<path d="M6.5 3.5 11 8l-4.5 4.5"/>',
    "up": '<path d="M8 13V3.5M4.5 7 8 3.5 11.5 7"/>',
    "down": '<path d="M8 3v9.5M4.5 9 8 12.5 11.5 9"/>',
    "menu": '<path d="m4 6.5 4 4 4-4"/>',
    "person": '<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 14c.4-3 2.4-4.6 5.2-4.6s4.8 1.6 5.2 4.6"/>',
    "leave": '<path d="M6.5 2.5h-3v11h3M6.5 8H14M11 5l3 3-3 3"/>',
    "undo": '<path d="M3 6.5h7a3.2 3.2 0 0 1 0 6.4H6"/><path d="M5.8 3.6 3 6.5l2.8 2.9"/>',
    "hold": '<circle cx="8" cy="8" r="5.5"/><path d="M6.4 5.8v4.4M9.6 5.8v4.4"/>',
    "moved": '<path d="M3 8h9M9 5l3 3-3 3"/>',
    "file": '<path d="M4 1.8h5l3 3v9.4H4zM9 1.8v3h3"/>',
    "print": '<path d="M4.5 6V2h7v4M4.5 12H2.5V6.5h11V12h-2M4.5 9.5h7V14h-7z"/>',
    # tasks
    "call": (
        '<path d="M5.4 2.2 3 3.4c0 5.4 4.2 9.6 9.6 9.6l1.2-2.4-2.9-1.8-1.4 1.2c-1.6-.8-2.7-1.9-3.5-3.5l1.2-1.4z"/>'
    ),
    "complaint": CIRCLE + '<path d="M5.6 11c.5-1 1.4-1.5 2.4-1.5s1.9.5 2.4 1.5M6 6.3v.1M10 6.3v.1"/>',
    "follow_up": '<path d="M12.5 8a4.5 4.5 0 1 1-1.4-3.3M12.7 2.5v2.7H10"/>',
    "question": CIRCLE + '<path d="M6.6 6.4c.2-1.9 3-1.7 2.9.1 0 1.2-1.5 1.3-1.5 2.4M8 10.9v.1"/>',
    "recall": '<path d="M8 2 14.3 13H1.7zM8 6.3v3.2M8 11.2v.1"/>',
    # channels
    "sms": '<path d="M2.5 3h11v7.5H7.2L4 13v-2.5H2.5z"/>',
    "email": '<rect x="2" y="3.5" width="12" height="9" rx="1"/><path d="m2.5 4.5 5.5 4.3 5.5-4.3"/>',
    "postcard": (
        '<rect x="1.8" y="3.5" width="12.4" height="9" rx="1"/>'
        '<path d="M8.2 5.2v5.6M10 9h2.6M10 10.8h2.6"/><path d="M11 5.3h1.6v1.8H11z"/>'
    ),
    "letter": '<path d="M3.5 1.8h9v12.4h-9zM5.8 5h4.4M5.8 7.6h4.4M5.8 10.2h2.6"/>',
    "phone": (
        '<path d="M5.4 2.2 3 3.4c0 5.4 4.2 9.6 9.6 9.6l1.2-2.4-2.9-1.8-1.4 1.2c-1.6-.8-2.7-1.9-3.5-3.5l1.2-1.4z"/>'
    ),
    "staff": (
        '<circle cx="6" cy="5.5" r="2.3"/>'
        '<path d="M1.8 13c.3-2.6 2-4 4.2-4s3.9 1.4 4.2 4M10.4 3.6a2.2 2.2 0 0 1 0 4M12 9.4c1.3.6 2 1.8 2.2 3.6"/>'
    ),
    # states: each colour has a shape of its own
    "ready": CIRCLE + '<path d="M8 5v3.2l2 1.3"/>',
    "approval": CIRCLE + '<path d="M6.6 6.4c.2-1.9 3-1.7 2.9.1 0 1.2-1.5 1.3-1.5 2.4M8 10.9v.1"/>',
    "sending": CIRCLE + '<path d="M5.6 8h4.8M8.6 6l1.9 2-1.9 2"/>',
    "sent": '<path d="m3 8.5 3.2 3.2L13 4.8"/>',
    "delivered": '<path d="m1.5 8.5 3 3 6-6.6M7.6 10.6l1 .9 6-6.6"/>',
    "failed": '<path d="M8 2 14.3 13H1.7zM8 6.3v3.2M8 11.2v.1"/>',
    "unsure": '<path d="M8 2 14.3 13H1.7zM8 6.3v3.2M8 11.2v.1"/>',
    "refused": CIRCLE + '<path d="m4.2 11.8 7.6-7.6"/>',
    "canceled": '<path d="M3.5 8h9"/>',
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing; the text beside it says the same, so that it is hidden from screen readers."""
    shape = mark_safe(ICONS.get(name, CIRCLE))  # noqa: S308, RUF100  (our own table above)
    return format_html('<svg class="icon icon-{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', name, shape)
