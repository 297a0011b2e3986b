"""What can go wrong, and what is worth a warning."""


class CostModelError(ValueError):
    """A file, architecture or request that cannot be used; the message says what to do."""


class OutsideDomainWarning(UserWarning):
    """A prediction for something unlike what the cost model was fitted to."""


class VerdictWarning(UserWarning):
    """A cost model that opline judged not valid, or could not judge."""
