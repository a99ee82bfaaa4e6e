"""Documents the answer to a payment gateway."""

from shared.http.parts.reply import Reply


class CallbackReply(Reply):
    """How many results of ours the request held; 0 for news of anything else."""

    taken: int
