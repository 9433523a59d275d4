"""What a config may say and rarely should: warnings with reasons."""
