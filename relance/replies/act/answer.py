"""Turns survey answers, keywords and moods into facts, our answer, tasks, and word to the people to notify."""

from datetime import timedelta

from relance.facts.models import Touch
from relance.lib.fold import fold
from relance.outbox.runs.answers import Answer, answer
from relance.plan.recipients import Roster
from relance.replies.act.say import ask_a_person, has_been_answered_enough, say
from relance.replies.heard import Heard
from relance.replies.models import Inbound
from relance.replies.understand.meaning import Meaning

DEPARTMENT = {"sale": "sales", "appointment": "service", "repair_order": "service", "deferred_work": "service"}
NOTICE = {
    "en": "{who} is not happy: “{text}”",
    "fr": "{who} est mécontent : « {text} »",
    "es": "{who} no está contento: «{text}»",
    "et": "{who} ei ole rahul: „{text}“",
}
NOTICE_LINE = {
    "en": "An unhappy reply",
    "fr": "Une réponse mécontente",
    "es": "Una respuesta descontenta",
    "et": "Rahulolematu vastus",
}
A_DAY = timedelta(days=1)


def survey(heard: Heard, meaning: Meaning) -> None:
    """Keep the score as a fact; somebody calls back about a low one the same minute."""
    message, score = heard.answered, meaning.score
    if message is None or score is None:
        return
    touch = Touch(
        dealer=heard.dealer,
        customer=heard.customer,
        vehicle_id=message.vehicle_id,
        kind="survey",
        ref=f"survey:{heard.inbound.pk}",
        happened_at=heard.at,
        channel=heard.inbound.channel,
        address=heard.inbound.sender,
        code=message.automation.code,
        text=meaning.text,
        text_folded=fold(meaning.text),
        sentiment=meaning.mood,
        score=score.value,
        department=DEPARTMENT.get(message.subject_type),
    )
    Touch.objects.of(heard.dealer).bulk_create([touch], ignore_conflicts=True)
    if score.is_low:
        ask_a_person(heard, "complaint", "low-score", meaning)
        notify(heard, meaning)


def keyword(heard: Heard, meaning: Meaning) -> None:
    """The automation's own answer, tag and task."""
    found = meaning.keyword
    if found is None:
        return
    if found.tag:
        Inbound.objects.of(heard.dealer).filter(pk=heard.inbound.pk).update(tag=found.tag[:40])
    if found.task:
        ask_a_person(heard, "question", "keyword", meaning)
    text = found.answer.get(heard.language) or found.answer.get(heard.dealer.language)  # type: ignore[call-overload]
    if text and not heard.is_opted_out(("service",)) and not has_been_answered_enough(heard):
        say(heard, "keyword", text, language=heard.language)


def plain(heard: Heard, meaning: Meaning) -> None:
    """A mood is only advice; but somebody unhappy is seen by a person, and hears no offers until then."""
    listens = heard.definition is None or heard.definition.replies.sentiment
    if meaning.mood == "negative" and listens:
        ask_a_person(heard, "complaint", "unhappy", meaning)
        notify(heard, meaning)


def notify(heard: Heard, meaning: Meaning) -> None:
    """Tell the people whom the automation names."""
    roster = Roster(heard.dealer)
    for reference in heard.definition.replies.notify if heard.definition else []:
        for person in roster.people(f"user:{reference}", {}):
            if not person.email:
                continue
            language = person.language if person.language in NOTICE else heard.dealer.language
            who = (heard.customer.name or heard.customer.ref) if heard.customer else heard.inbound.sender
            said = Answer(
                key=f"notice:{heard.inbound.pk}",
                channel="staff",
                address=person.email,
                language=language or "en",
                body=NOTICE[language or "en"].format(who=who, text=meaning.text[:500]),
                lasts=A_DAY,
                customer=heard.customer,
                subject_line=NOTICE_LINE[language or "en"],
                recipient=f"staff:{person.ref}",
            )
            answer(heard.dealer, said, asked_at=heard.at, at=max(heard.inbound.received_at, heard.at))
