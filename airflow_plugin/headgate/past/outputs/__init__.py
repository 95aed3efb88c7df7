"""What a model answered: metrics of its predictions beside labels that come late."""
