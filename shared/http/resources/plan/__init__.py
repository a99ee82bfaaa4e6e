"""A plan tells what a change would do; previews answer with it, and every change holds one."""
