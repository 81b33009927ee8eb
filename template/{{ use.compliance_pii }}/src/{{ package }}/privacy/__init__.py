"""Duties towards the people whose data is kept: KVKK and GDPR."""
