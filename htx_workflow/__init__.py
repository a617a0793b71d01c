"""htx_workflow runs a provincial plan: duties, deadlines, reminders, reports, assessment."""
