"""Settings. Everything that differs between machines comes from the environment or the data folder."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent
DATA = Path(os.environ.get("ZHUCHAO_DATA") or CHECKOUT / "var" / "data").resolve()
FILES = DATA / "files"
VENDOR = Path(os.environ.get("ZHUCHAO_VENDOR") or CHECKOUT / "var" / "vendor").resolve()

DEBUG = os.environ.get("ZHUCHAO_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("ZHUCHAO_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("ZHUCHAO_ORIGINS", "").split(",") if origin]
# Behind a proxy that speaks HTTPS the cookies travel by HTTPS only.
HTTPS = os.environ.get("ZHUCHAO_HTTPS") == "1"
# Where people open these pages, for the links in messages: https://qu.example.cn
PUBLIC_ADDRESS = os.environ.get("ZHUCHAO_ADDRESS", "").rstrip("/")
# The server that mail leaves by: mailtos://name:password@smtp.example.cn?from=notice@example.cn
MAIL_ADDRESS = os.environ.get("ZHUCHAO_MAIL", "")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True

DEFAULT_SECRET = "for tests and tools only: a server that keeps data refuses to start with it"


def _secret() -> str:
    """Return the signing secret: given, or made once and kept in the data folder, readable by its owner only."""
    given = os.environ.get("ZHUCHAO_SECRET_KEY")
    if given:
        return given
    kept = DATA / "secret.key"
    if kept.is_file():
        return kept.read_text().strip()
    if not DATA.is_dir():
        return DEFAULT_SECRET
    made = secrets.token_urlsafe(50)
    try:
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(made)
    return made


SECRET_KEY = _secret()


def _database() -> dict[str, object]:
    """Return the database: SQLite in the data folder, or the PostgreSQL that ZHUCHAO_DATABASE_URL names."""
    url = os.environ.get("ZHUCHAO_DATABASE_URL")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "zhuchao.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 60,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                    "PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456; "
                    # Without it a row that INSERT OR REPLACE pushes out asks no trigger: an entry could go.
                    "PRAGMA recursive_triggers=ON"
                ),
            },
        }
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "zhuchao.apps.portal",
    "zhuchao.apps.desk",
    "zhuchao.apps.indicators",
    "zhuchao.apps.policies",
    "zhuchao.apps.approvals",
    "zhuchao.apps.projects",
    "zhuchao.apps.promotion",
    "zhuchao.apps.premises",
    "zhuchao.apps.enterprises",
    "zhuchao.apps.zones",
    "zhuchao.web",
    "zhuchao.apps.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhuchao.web.middleware.DomainErrorMiddleware",
    "zhuchao.apps.zones.views.middleware.CurrentZoneMiddleware",
]

ROOT_URLCONF = "zhuchao.config.urls"
WSGI_APPLICATION = "zhuchao.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhuchao.web.shell.shell",
                "zhuchao.apps.desk.views.demo.demo_door",
            ],
        },
    }
]

AUTH_USER_MODEL = "zones.User"
AUTHENTICATION_BACKENDS = ["zhuchao.apps.zones.services.sign_in.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "zhuchao.apps.zones.services.sign_in.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key"}
# How many proxies of ours stand before the server: else everybody behind one shares one throttled address.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ZHUCHAO_PROXIES", "0"))
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Zhuchao"
# Writing a row on every page view would take SQLite's one write lock each time.
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": os.environ.get("ZHUCHAO_OIDC_NAME", "OpenID Connect"),
                "client_id": os.environ["ZHUCHAO_OIDC_CLIENT_ID"],
                "secret": os.environ.get("ZHUCHAO_OIDC_SECRET", ""),
                "settings": {"server_url": os.environ.get("ZHUCHAO_OIDC_URL", "")},
            }
        ]
        if os.environ.get("ZHUCHAO_OIDC_CLIENT_ID")
        else []
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "config" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
# Only for a web server that sends these files itself; ours finds them where they are.
STATIC_ROOT = Path(os.environ["ZHUCHAO_STATIC"]).resolve() if os.environ.get("ZHUCHAO_STATIC") else None
STATICFILES_DIRS = [("vendor", VENDOR)] if VENDOR.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# The largest file anybody may upload, and what is read into memory before it goes to disk.
UPLOAD_LIMIT_BYTES = 50 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ZHUCHAO_LOG", "WARNING")},
}
