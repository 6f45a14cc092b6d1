"""Trains the intent model that Downshift ships."""
