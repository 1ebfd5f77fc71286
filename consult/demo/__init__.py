"""The stories a newcomer meets (``story/fr``, ``ca``, ``small``), told through the services. Nothing else
imports it, and it loads only where `consult demo` left its marker."""
