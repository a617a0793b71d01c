"""One thin Prefect flow per job. The work is in htx_workflow.services.jobs; here are names, tasks and artifacts."""
