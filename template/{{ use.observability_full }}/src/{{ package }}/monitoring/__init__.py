"""What the dashboards and alerts need beyond the metrics of the single areas."""
