"""Ready-made notices for ten common deployments, as data: one YAML file each, in French and English, and
``common.yaml``, which is added to every one. `consult.notices.starting` reads and checks them.

``writing-assistant`` · ``cv-screening`` · ``call-summary`` · ``scheduling`` · ``activity-monitoring`` ·
``code-assistant`` · ``hr-chatbot`` · ``translation`` · ``image-tools`` · ``anomaly-scoring``

A text asks for what only the writer knows as ``[[key|question]]`` (`consult.notices.blanks`). No figure
stands outside a blank, and nothing here is legal advice: ``duties`` are questions to check."""
