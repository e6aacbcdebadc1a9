"""Settings of the Django target. Environment: TARGET_MODE=debug|production, TARGET_TLS=1 behind a proxy that ends TLS."""

import os

DEBUG = os.environ.get("TARGET_MODE") == "debug"
BEHIND_TLS = os.environ.get("TARGET_TLS") == "1"

SECRET_KEY = "target-only-not-a-secret-0f3a"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "shop.urls"
USE_TZ = True
INSTALLED_APPS = []
DATABASES = {}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
LOGGING = {"version": 1, "disable_existing_loggers": True}

if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_COOKIE_SECURE = True
if BEHIND_TLS and not DEBUG:
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
