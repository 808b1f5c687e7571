"""Put twenty people into an installation that has its first zone; print {"zone", "tokens"}."""

import json

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import transaction

    from tests.factories import make_user
    from zhuchao.apps.zones.models import Role, Zone
    from zhuchao.apps.zones.services import create_token

    # Nobody signs in with these passwords; hashing twenty of them well would take seconds.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    zone = Zone.objects.get()
    with transaction.atomic():
        people = [make_user(Role.PROMOTION_OFFICER, zone=zone) for _ in range(20)]
        tokens = [create_token(actor=person, name="试验")[1] for person in people]
    print(json.dumps({"zone": zone.code, "tokens": tokens}))


if __name__ == "__main__":
    main()
