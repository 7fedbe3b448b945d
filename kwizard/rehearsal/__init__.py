"""Pretend hosts inside this process, over real SSH."""
