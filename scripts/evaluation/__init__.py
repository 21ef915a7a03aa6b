"""``scripts/evaluate``: one module a subject, each with ``run(data)`` that returns JSON-ready figures."""
