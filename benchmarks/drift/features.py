"""Twenty features of a population, and what can go wrong with them; everything follows from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

REAL = Path(__file__).parents[3] / "shared" / "data"
Values = Any  # numpy arrays: floats with NaN for NULL, or texts with None
Population = Mapping[str, Values]
POPULATION = 400_000


def generated(seed: int = 20) -> Population:
    """Return ten columns of numbers (bell, skewed, counts, many zeros, with 1 to 20 % NULL) and ten of texts (2 to 40
    values, even to very uneven)."""
    r, n = np.random.default_rng(seed), POPULATION
    numbers = {
        "bell": r.normal(50, 10, n),
        "skewed": r.gamma(2, 20, n).round(2),
        "peaked": r.laplace(200, 15, n).round(3),
        "count": r.poisson(40, n).astype(float),
        "zeros": np.where(r.random(n) < 0.6, 0, np.exp(r.normal(2, 1, n))).round(2),
        "money": np.exp(r.normal(4, 0.6, n)).round(2),
        "even": r.uniform(0, 24, n),
        "two_hills": np.where(r.random(n) < 0.3, r.normal(10, 1, n), r.normal(30, 4, n)),
        "steps": r.integers(1, 200, n).astype(float),
        "waiting": r.exponential(20, n).round(1),
    }
    for at, name in enumerate(numbers):
        share = (0, 0.01, 0.05, 0.2)[at % 4]
        numbers[name] = np.where(r.random(n) < share, np.nan, numbers[name])
    texts = {}
    for at, k in enumerate((2, 3, 3, 4, 5, 6, 8, 12, 20, 40)):
        weights = 1 / np.arange(1, k + 1) ** (at % 3)
        names = np.array([f"value {i}" for i in range(k)], dtype=object)
        texts[f"list_{k}_{at}"] = names[r.choice(k, n, p=weights / weights.sum())]
    return numbers | texts


def heavy(seed: int = 20) -> Population:
    """Return columns of numbers with tails so heavy that a hundredfold value is nothing new: lognormal with a standard
    deviation of 1 and 1.2, Student's t with 1.5 and 2 degrees of freedom."""
    r, n = np.random.default_rng(seed), POPULATION
    skewed = {f"lognormal_{spread}": np.exp(r.normal(5, spread, n)).round(3) for spread in (1.0, 1.2)}
    return skewed | {f"t_{freedom}": (r.standard_t(freedom, n) * 10).round(3) for freedom in (1.5, 2.0)}


def real() -> Population | None:
    """Return twenty features of the customers of a telephone company and of a year of weather, as separate populations
    that are drawn from independently; None if they are not at hand."""
    if not REAL.is_dir():
        return None
    import pandas as pd

    telco = pd.read_csv(REAL / "telco_customer_churn.csv", keep_default_na=False)
    weather = pd.read_csv(REAL / "nycflights13_weather.csv")
    numbers: dict[str, Values] = {
        name: pd.to_numeric(telco[name], errors="coerce").to_numpy(float)
        for name in ("tenure", "MonthlyCharges", "TotalCharges")
    }
    for name in ("temp", "dewp", "humid", "wind_dir", "wind_speed", "pressure", "visib"):
        numbers[name] = pd.to_numeric(weather[name], errors="coerce").to_numpy(float)
    listed = ("gender", "Partner", "MultipleLines", "InternetService", "OnlineSecurity", "DeviceProtection",
              "StreamingTV", "Contract", "PaymentMethod", "Churn")  # fmt: skip
    return numbers | {name: telco[name].to_numpy(object) for name in listed}


def drawn(population: Population, rows: int, random: np.random.Generator) -> dict[str, Values]:
    """Return independent rows: each column is drawn with replacement from its population."""
    return {name: values[random.integers(0, len(values), rows)] for name, values in population.items()}


def table(columns: Population) -> pa.Table:
    """Return columns as an Arrow table, NaN as NULL."""
    return pa.table(
        {
            name: pa.array(values, from_pandas=True) if values.dtype != object else pa.array(list(values), pa.string())
            for name, values in columns.items()
        }
    )


def _some(rows: int, share: float, random: np.random.Generator) -> Values:
    return random.random(rows) < share


def _moved(values: Values, random: np.random.Generator, share: float) -> Values:
    """Return texts of which a share became the commonest value."""
    names, counts = np.unique(values.astype(str), return_counts=True)
    return np.where(_some(len(values), share, random), names[counts.argmax()], values)


Fault = Callable[[Values, np.random.Generator], Values]
# What goes wrong with a column of numbers, and with one of texts.
NUMBER_FAULTS: Mapping[str, Fault] = {
    "1 % × 100": lambda x, r: np.where(_some(len(x), 0.01, r), x * 100, x),
    "5 % × 100": lambda x, r: np.where(_some(len(x), 0.05, r), x * 100, x),
    "5 % become NULL": lambda x, r: np.where(_some(len(x), 0.05, r), np.nan, x),
    "1 % become NULL": lambda x, r: np.where(_some(len(x), 0.01, r), np.nan, x),
    "5 % become -1": lambda x, r: np.where(_some(len(x), 0.05, r), -1, x),
    "all × 1.05": lambda x, r: x * 1.05,
    "all × 1.1": lambda x, r: x * 1.1,
}
TEXT_FAULTS: Mapping[str, Fault] = {
    "5 % renamed": lambda x, r: np.where(_some(len(x), 0.05, r), "NEW", x),
    "1 % renamed": lambda x, r: np.where(_some(len(x), 0.01, r), "NEW", x),
    "5 % move to another known value": lambda x, r: _moved(x, r, 0.05),
}
# Of columns that have about 5 % NULL in their baseline.
NULL_FAULTS: Mapping[str, Fault] = {
    "5 % NULL become 0": lambda x, r: np.where(np.isnan(x), 0, x),
    "5 % NULL become the median": lambda x, r: np.where(np.isnan(x), np.nanmedian(x), x),
}
