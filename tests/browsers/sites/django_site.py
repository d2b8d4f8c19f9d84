"""Settings of a site that has the app, and serves its files as `runserver` does by itself."""

DEBUG = True
SECRET_KEY = "of a site for tests"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "django_urls"
STATIC_URL = "/static/"
INSTALLED_APPS = ["django.contrib.staticfiles", "shop"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
