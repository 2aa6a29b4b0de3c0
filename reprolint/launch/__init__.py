"""The files beside a project that start its Python: shell, containers, make, workflows, dotenv."""
