"""Texts: lists of values, patterns, lengths."""

from __future__ import annotations

from tests.dbt.cases.case import A, Case, enum, expectation, pattern, quality, text

CASES = [
    Case(
        "texts",
        A,
        "('it''s'), ('{{ 1 }}'), ('ref(''x'')'), ('a' || chr(10)), ('1'), "
        "('back\\slash'), ('*/ {# }} \"q\"'), (NULL), ('z')",
        {"a": enum("string", "it's", "{{ 1 }}", "ref('x')", "a\n", "1", "back\\slash", '*/ {# }} "q"')},
        {"a.enum": (1, False)},
    ),
    Case(
        "missing",
        A,
        "('x'), (NULL), (''), ('n/a')",
        {
            "a": text(
                quality=[
                    quality("missingValues", "mustBe", 2),
                    quality("missingValues", "mustBe", 1, missingValues=["n/a"]),
                    quality("missingValues", "mustBe", 3, missingValues=[None, "", "n/a"]),
                ]
            )
        },
        {"a.mustBe_2": (2, True), "a.mustBe_1": (1, True), "a.mustBe_3": (3, True)},
    ),
    Case(
        "patterns",
        dict.fromkeys(
            ("anchored", "dot", "digit", "word", "edge", "other", "cased", "set", "optional", "braces"), "TEXT"
        ),
        "('C123456', 'a' || chr(10) || 'b', chr(1635), chr(233), 'a cat', chr(10), 'xABCx', 'a.b', 'ac', 'a{'), "
        "('xC123456', 'a-b', '3', 'e', 'concat', 'b', 'xabc', 'a-b', 'abc', 'aa'), "
        "('C123456' || chr(10), 'ab', 'x', '_', 'cat', 'a', 'ab', 'a', 'abbc', 'aaa'), "
        "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        {
            "anchored": pattern("^C[0-9]{6}$"),
            "dot": pattern("a.b"),
            "digit": pattern(r"\d"),
            "word": pattern(r"^\w$"),
            "edge": pattern(r"\bcat\b"),
            "other": pattern("^[^a]$"),
            "cased": pattern("(?i)ABC"),
            "set": pattern(r"a[\d.\]]b"),
            "optional": pattern("^a(?:b)?c$"),
            "braces": pattern("^a{2}?$|{"),
        },
        {
            "anchored.pattern": (2, False),
            "dot.pattern": (2, False),
            "digit.pattern": (2, False),
            "word.pattern": (1, False),
            "edge.pattern": (1, False),
            "other.pattern": (1, False),
            "cased.pattern": (1, False),
            "set.pattern": (2, False),
            "optional.pattern": (1, False),
            "braces.pattern": (1, False),
        },
    ),
    Case(
        "validity",
        A,
        "('ab'), ('b'), ('c'), (NULL)",
        {
            "a": text(
                quality=[
                    quality("invalidValues", "mustBe", 2, validValues=["ab", "b"], pattern="a|c"),
                    quality("invalidValues", "mustBe", 1, pattern="^[bc]$"),
                    quality("invalidValues", "mustBe", 3, validValues=[]),
                ]
            )
        },
        {"a.mustBe_2": (2, True), "a.mustBe_1": (1, True), "a.mustBe_3": (3, True)},
    ),
    Case(
        "lengths",
        A,
        "(''), ('é日'), ('abcd'), (NULL)",
        {"a": text(logicalTypeOptions={"minLength": 1, "maxLength": 3})},
        {"a.minLength": (1, False), "a.maxLength": (1, False)},
    ),
    Case(
        "uuids",
        {"u": "UUID"},
        "('00000000-0000-4000-8000-00000000000a'), (NULL)",
        {
            "u": text(
                logicalTypeOptions={"maxLength": 35, "pattern": "^0{8}-.*a$"},
                quality=[expectation("column_values_to_not_match_regex", "none", regex="a$")],
            )
        },
        {"u.maxLength": (1, False), "u.pattern": (0, True), "u.none": (1, False)},
    ),
    Case(
        "texts_by_patterns",
        A,
        "('ab'), ('b'), ('c'), (NULL)",
        {
            "a": text(
                quality=[
                    expectation("column_values_to_match_regex_list", "any", regex_list=["^a", "^b"]),
                    expectation("column_values_to_match_regex_list", "all", regex_list=["^a", "b$"], match_on="all"),
                    expectation("column_values_to_match_regex_list", "one", regex_list=["b"]),
                    expectation("column_values_to_not_match_regex_list", "none", regex_list=["^a", "c"]),
                ]
            )
        },
        {"a.any": (1, False), "a.all": (2, False), "a.one": (1, False), "a.none": (2, False)},
    ),
]
