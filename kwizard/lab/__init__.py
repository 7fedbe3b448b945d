"""Real practice hosts on this machine."""
