"""The database itself refuses to change an entry of the consent ledger, whatever program asks for it."""

from django.db import migrations

SAYS = "an entry of the consent ledger is never changed"
CREATE = {
    "sqlite": [
        f"CREATE TRIGGER ledger_is_appended_to BEFORE UPDATE ON facts_consententry BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION ledger_is_appended_to() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER ledger_is_appended_to BEFORE UPDATE ON facts_consententry "
        "FOR EACH ROW EXECUTE FUNCTION ledger_is_appended_to()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER IF EXISTS ledger_is_appended_to"],
    "postgresql": [
        "DROP TRIGGER IF EXISTS ledger_is_appended_to ON facts_consententry",
        "DROP FUNCTION IF EXISTS ledger_is_appended_to()",
    ],
}


def create(apps, editor):
    for statement in CREATE[editor.connection.vendor]:
        editor.execute(statement)


def drop(apps, editor):
    for statement in DROP[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('facts', '0005_ledger_of_numbers'),
    ]

    operations = [migrations.RunPython(create, drop)]
