"""The fact tables: people, vehicles, history, consent, touches."""

from relance.facts.models.consent import ConsentEntry, Suppression
from relance.facts.models.history import Appointment, DeferredWork, RepairOrder, Sale
from relance.facts.models.people import Customer, MaintenanceSchedule, Recall, Vehicle
from relance.facts.models.persons import Apart, Erased, Merge
from relance.facts.models.touches import Touch

__all__ = [
    "Apart",
    "Appointment",
    "ConsentEntry",
    "Customer",
    "DeferredWork",
    "Erased",
    "MaintenanceSchedule",
    "Merge",
    "Recall",
    "RepairOrder",
    "Sale",
    "Suppression",
    "Touch",
    "Vehicle",
]
