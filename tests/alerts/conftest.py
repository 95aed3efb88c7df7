from __future__ import annotations

from tests.history.conftest import _budget_of_its_own as _budget_of_its_own
from tests.history.conftest import store as store
from tests.history.conftest import url as url
