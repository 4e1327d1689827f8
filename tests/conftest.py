"""What holds for every test: how fast an example is made or judged is the machine's affair; `bench/` measures."""

from hypothesis import HealthCheck, settings

settings.register_profile("spor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("spor")
