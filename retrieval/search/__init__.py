"""Search: a question becomes passages, ranked by two lanes and read under one filter."""
