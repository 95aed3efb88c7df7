"""The table by which every change of a contract is graded. docs/changes.md is generated from it.

The first row that knows a change's place and direction grades it; the last row knows everything.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fnmatch import fnmatchcase

from headgate.changes.change import Bump, Level
from headgate.changes.judges.terms import PLACE

NONE, DOC, SAFE, RISK, BREAK = Level
NO, PATCH, MINOR, MAJOR = Bump


@dataclass(frozen=True, slots=True)
class Row:
    """`where`: kinds of places (`property.required`), a `*` for any; `when`: directions, `*` for any.

    `measured`: the data can show that it keeps the change already, whereupon it is SAFE for producers.
    """

    rule: str
    where: str
    when: str
    consumers: Level
    producers: Level
    bump: Bump
    reason: str
    todo: str = ""
    measured: bool = False

    def grades(self, where: str, word: str) -> bool:
        return any(fnmatchcase(where, w) for w in self.where.split()) and (
            self.when == "*" or word in self.when.split()
        )


_ALIVE = "Keep the old one beside it, marked deprecated, until every consumer has moved."
_DATA = "Show with --data that the data keeps it already, or repair the data first."
_ASK = "Ask the owner; tell the consumers."
_KEEP = "Keep the promise, or agree with every consumer and raise the major version."

TABLE = (
    Row("equivalent", "*", "same", DOC, NONE, PATCH, "It says the same in other words."),
    Row("order", "list.order", "moved", DOC, NONE, PATCH, "The same items in another order."),
    # The contract as a whole.
    Row("contract-removed", "file", "removed", BREAK, NONE, NO, "Nothing is promised any more.",
        "Set its status to deprecated, then retired, before the file goes."),
    Row("contract-added", "file", "added", SAFE, SAFE, NO, "A new contract; nobody relies on it yet."),
    Row("contract-moved", "file", "moved", DOC, NONE, NO, "The file stands elsewhere; the contract is the same."),
    Row("contract-id-changed", "contract.id", "*", BREAK, NONE, MAJOR,
        "Under this id it is another contract; what refers to the old one finds nothing.",
        "Publish it beside the old contract, and retire that one."),
    Row("version", "contract.version", "*", DOC, NONE, NO, "The version's number."),
    Row("api-version", "contract.apiVersion contract.kind", "*", DOC, NONE, PATCH, "The version of the standard.",
        "Run headgate lint."),
    Row("status-retired", "contract.status", "retired", BREAK, NONE, MAJOR, "The promise ends.",
        "Retire a contract only after its endOfLife; until then it is deprecated."),
    Row("status-withdrawn", "contract.status", "withdrawn", BREAK, NONE, MAJOR,
        "A draft only warns: what was held back is published from now on.", _KEEP),
    Row("status-deprecated", "contract.status", "deprecated", RISK, NONE, MINOR, "The promise will end.",
        "Tell the consumers when, and what to use instead."),
    Row("status-activated", "contract.status", "born revived", SAFE, SAFE, MINOR, "The promise holds from now on."),
    Row("status-changed", "contract.status", "*", RISK, RISK, MINOR, "What this status means is not known.", _ASK),
    Row("contract-scope", "contract.domain contract.tenant contract.dataProduct", "*", RISK, NONE, MINOR,
        "Who is responsible, and who has access, may depend on it.", _ASK),
    Row("contract-words", "contract.name contract.tags contract.description* contract.context "
        "contract.contractCreatedTs", "*", DOC, NONE, PATCH, "Documentation."),
    # Schema objects.
    Row("object-removed", "object", "removed", BREAK, NONE, MAJOR, "What reads it finds nothing.", _ALIVE),
    Row("object-added", "object", "added", SAFE, SAFE, MINOR, "Nobody reads it yet."),
    Row("object-renamed", "object.name object.physicalName", "changed", BREAK, NONE, MAJOR,
        "What reads it by its old name finds nothing.", _ALIVE),
    Row("object-label", "object.name", "label", RISK, NONE, MINOR,
        "The table is the same, but what refers to it by the contract's name finds nothing.", _ASK),
    Row("object-relation", "object.physicalType", "relation", RISK, NONE, MINOR,
        "A table and a view differ in what may be done with them.", _ASK),
    Row("object-kind", "object.physicalType object.logicalType", "*", BREAK, BREAK, MAJOR,
        "It is read in another way.", _KEEP),
    Row("grain-changed", "object.primaryKey", "changed", BREAK, BREAK, MAJOR,
        "A row stands for something else: joins on the old key duplicate or lose rows.", _KEEP, measured=True),
    Row("key-removed", "object.primaryKey", "removed", BREAK, NONE, MAJOR,
        "Rows can repeat: joins on the old key duplicate them.", _KEEP),
    Row("key-added", "object.primaryKey", "added", SAFE, BREAK, MINOR,
        "Rows that repeat a key, or have none, are refused.", _DATA, measured=True),
    Row("granularity", "object.dataGranularityDescription", "*", RISK, NONE, MINOR,
        "What a row stands for is said differently.", _ASK),
    Row("deprecated", "object.deprecated property.deprecated", "tightened", RISK, NONE, MINOR,
        "It will be removed.", "Tell the consumers when, and what to use instead."),
    Row("deprecation-ended", "object.deprecated property.deprecated", "loosened", SAFE, SAFE, MINOR,
        "It will stay."),
    # Properties.
    Row("property-removed-deprecated", "property", "removed-deprecated", BREAK, NONE, MAJOR,
        "What reads it finds nothing; it was marked deprecated.", "Show with --readers that no one reads it any more."),
    Row("property-removed", "property", "removed", BREAK, NONE, MAJOR, "What reads it finds nothing.", _ALIVE),
    Row("property-added", "property", "added", SAFE, RISK, MINOR,
        "The data must have the column; what reads by position sees another.", _DATA, measured=True),
    Row("property-added-required", "property", "added-required", SAFE, BREAK, MINOR,
        "Data without the column, or with empty cells in it, is refused.", _DATA, measured=True),
    Row("property-order", "property.order", "moved", RISK, RISK, MINOR,
        "What reads by position (CSV without a header, select *) reads another column.", _ASK),
    Row("property-renamed", "property.name", "changed", BREAK, BREAK, MAJOR,
        "What reads it by its old name finds nothing.", _ALIVE, measured=True),
    Row("property-label", "property.name", "label", RISK, NONE, MINOR,
        "The column is the same, but what refers to it by the contract's name finds nothing.", _ASK),
    Row("physical-name-changed", "property.physicalName", "*", BREAK, BREAK, MAJOR,
        "The column has another name.", _ALIVE, measured=True),
    Row("type-widened", "property.logicalType property.physicalType options.format", "widened", RISK, SAFE, MINOR,
        "Consumers with narrower columns, or typed features, may not hold the new values.", _ASK),
    Row("type-narrowed", "property.logicalType property.physicalType options.format", "narrowed", RISK, BREAK, MAJOR,
        "Values that the old type held do not fit; joins and unions see another type.", _DATA, measured=True),
    Row("scale-changed", "property.physicalType", "scale", BREAK, RISK, MAJOR,
        "The digits behind the point are others: amounts are rounded, or compare differently.", _KEEP),
    Row("timezone-changed", "property.physicalType", "timezone", BREAK, BREAK, MAJOR,
        "The same text is another moment: values shift silently.", _KEEP),
    Row("type-changed", "property.logicalType property.physicalType", "family", BREAK, BREAK, MAJOR,
        "Values are of another kind.", _KEEP),
    Row("type-added", "property.logicalType property.physicalType", "added", SAFE, BREAK, MINOR,
        "Values of other types are refused.", _DATA, measured=True),
    Row("type-added", "property.physicalType", "added-other", RISK, BREAK, MINOR,
        "It says more than the logical type did: values may come in another form.", _DATA, measured=True),
    Row("type-removed", "property.logicalType", "removed", BREAK, SAFE, MAJOR, "No type is promised any more.", _KEEP),
    Row("physical-type-removed", "property.physicalType", "removed", RISK, SAFE, MINOR,
        "The platform's type is not promised any more.", _ASK),
    Row("type-undecided", "property.logicalType property.physicalType", "*", RISK, RISK, MINOR,
        "Whether the new type holds the old values cannot be told.", _ASK),
    Row("timezone-changed", "options.timezone options.defaultTimezone", "*", BREAK, BREAK, MAJOR,
        "The same text is another moment: values shift silently.", _KEEP),
    Row("bound-tightened", "options.format", "range-tightened", SAFE, BREAK, MINOR,
        "Values outside the range are refused.", _DATA, measured=True),
    Row("bound-loosened", "options.format", "range-loosened", RISK, SAFE, MINOR,
        "Values may come that could not come before.", _ASK),
    Row("format-changed", "options.format", "*", BREAK, RISK, MAJOR, "The same value is written differently.", _KEEP),
    Row("nullable-tightened", "property.required", "tightened", SAFE, BREAK, MINOR,
        "Rows without a value are refused.", _DATA, measured=True),
    Row("nullable-loosened", "property.required", "loosened", BREAK, SAFE, MAJOR,
        "Values may be missing that never were.", _KEEP),
    Row("unique-tightened", "property.unique property.primaryKey", "tightened", SAFE, BREAK, MINOR,
        "Repeated values are refused.", _DATA, measured=True),
    Row("unique-loosened", "property.unique property.primaryKey", "loosened", BREAK, NONE, MAJOR,
        "Values may repeat: joins on it duplicate rows.", _KEEP),
    Row("key-position", "property.primaryKeyPosition", "*", DOC, NONE, PATCH,
        "The order of the key's columns; the key is the same."),
    Row("partitioning", "property.partitioned property.partitionKeyPosition", "*", RISK, NONE, MINOR,
        "Queries that prune by the partition may read everything.", _ASK),
    Row("enum-added", "property.enum", "tightened", SAFE, BREAK, MINOR, "Other values are refused.", _DATA,
        measured=True),
    Row("enum-removed", "property.enum", "loosened", RISK, SAFE, MINOR, "Any value may come.", _ASK),
    Row("enum-value-added-closed", "enum", "added-closed", BREAK, SAFE, MAJOR,
        "The enum was promised to be closed: who matches all its values meets one that no branch is for.", _KEEP),
    Row("enum-value-added-open", "enum", "added-open", SAFE, SAFE, MINOR,
        "The enum was promised to be open: consumers expect values that they do not know."),
    Row("enum-value-added", "enum", "added", RISK, SAFE, MINOR,
        "Who matches all values meets one that no branch is for.",
        "Say with enumPolicy whether values may be added; tell the consumers."),
    Row("enum-value-removed", "enum", "removed", SAFE, BREAK, MINOR, "Rows with the value are refused.", _DATA,
        measured=True),
    Row("enum-value-changed", "enum.value", "*", BREAK, BREAK, MAJOR,
        "Who compares with the old value finds nothing.", _KEEP, measured=True),
    Row("enum-meaning-changed", "enum.label", "*", BREAK, NONE, MAJOR, "The same value means something else.", _KEEP),
    Row("enum-meaning-described", "enum.description", "*", RISK, NONE, MINOR,
        "What the value means is said differently.", _ASK),
    Row("bound-tightened", "options.*", "tightened", SAFE, BREAK, MINOR,
        "Values that were allowed are refused.", _DATA, measured=True),
    Row("bound-loosened", "options.*", "loosened", RISK, SAFE, MINOR,
        "Values may come that could not come before.", _ASK),
    Row("pattern-changed", "options.pattern", "*", RISK, RISK, MINOR,
        "Whether the new pattern accepts the same texts cannot be proven.", _DATA, measured=True),
    Row("bound-undecided", "options.*", "*", RISK, RISK, MINOR,
        "Whether the same values are allowed cannot be told.", _ASK, measured=True),
    Row("classification-raised", "property.classification", "raised", RISK, NONE, MINOR,
        "Access may be lost, and values are masked.", "Let the security owner approve it."),
    Row("classification-lowered", "property.classification", "lowered", RISK, NONE, MINOR,
        "Values may be shown that were protected.", "Let the security owner approve it."),
    Row("classification-changed", "property.classification", "*", RISK, NONE, MINOR,
        "Who may see the values changes.", "Let the security owner approve it."),
    Row("encryption-changed", "property.encryptedName", "*", RISK, NONE, MINOR,
        "The encrypted column is another.", "Let the security owner approve it."),
    Row("critical-marked", "property.criticalDataElement", "tightened", SAFE, SAFE, MINOR,
        "Its changes are graded one level higher from now on."),
    Row("critical-unmarked", "property.criticalDataElement", "loosened", RISK, NONE, MINOR,
        "Its changes are no longer graded one level higher.", _ASK),
    Row("semantic-type-changed", "property.semanticType", "*", BREAK, BREAK, MAJOR,
        "A column becomes an aggregate, or the other way round.", _KEEP),
    Row("meaning-changed", "property.businessName property.description", "meaning", RISK, NONE, MINOR,
        "What is computed is described differently: it may be something else.",
        "Let a reviewer compare the old and the new numbers."),
    Row("logic-changed", "property.transform*", "*", RISK, NONE, MINOR,
        "It is computed differently: the same name may hold other values.",
        "Let a reviewer compare the old and the new numbers."),
    Row("nested-added", "property.items property.map map.*", "added tightened", SAFE, BREAK, MINOR,
        "Elements that are not like this are refused.", _DATA, measured=True),
    Row("nested-removed", "property.items property.map map.*", "removed loosened", BREAK, SAFE, MAJOR,
        "Nothing is promised about the elements any more.", _KEEP),
    # Units: what a number counts. Not in the standard; custom properties of any vendor.
    Row("unit-declared", "*.custom.unit *.custom.currency *.custom.scale", "added", RISK, NONE, MINOR,
        "The unit was not said before: who took it for another computes wrongly.", _ASK),
    Row("unit-changed", "*.custom.unit *.custom.currency *.custom.scale", "*", BREAK, BREAK, MAJOR,
        "The same number is another amount; no type and no check notices.", _KEEP),
    # Relationships.
    Row("relationship-added", "relationship", "added", SAFE, BREAK, MINOR,
        "Rows that refer to nothing are refused.", _DATA, measured=True),
    Row("relationship-removed", "relationship", "removed", RISK, NONE, MINOR,
        "Rows may refer to nothing: inner joins lose them.", _ASK),
    Row("relationship-retargeted", "relationship.to relationship.from", "*", BREAK, BREAK, MAJOR,
        "A join on it finds other rows.", _KEEP, measured=True),
    # Quality rules.
    Row("rule-added-text", "rule", "added-text", SAFE, NONE, MINOR, "A promise that people read."),
    Row("rule-added-warning", "rule", "added-warning", SAFE, RISK, MINOR, "Data that breaks it is warned of.", _DATA,
        measured=True),
    Row("rule-added", "rule", "added", SAFE, BREAK, MINOR, "Data that breaks it is refused.", _DATA, measured=True),
    Row("rule-removed", "rule", "removed removed-text removed-warning", RISK, NONE, MINOR,
        "Nothing is promised about it any more.", _ASK),
    Row("rule-tightened", "rule.expect rule.arguments.*", "tightened", SAFE, BREAK, MINOR,
        "Data that was accepted is refused.", _DATA, measured=True),
    Row("rule-loosened", "rule.expect rule.arguments.*", "loosened", RISK, SAFE, MINOR,
        "Data that was refused is accepted.", _ASK),
    Row("rule-unit-changed", "rule.expect", "unit", RISK, RISK, MINOR,
        "Rows and percent cannot be compared.", _DATA, measured=True),
    Row("severity-raised", "rule.severity", "tightened", SAFE, BREAK, MINOR,
        "What was a warning holds the data back.", _DATA, measured=True),
    Row("severity-lowered", "rule.severity", "loosened", RISK, SAFE, MINOR,
        "What held the data back is a warning.", _ASK),
    Row("rule-changed",
        "rule.expect rule.measures rule.arguments* rule.query rule.engine rule.implementation rule.dimension "
        "rule.method", "*", RISK, RISK, MINOR,
        "Whether the rule accepts the same data cannot be told.", _DATA, measured=True),
    Row("rule-text-changed", "rule.description", "meaning", RISK, NONE, MINOR,
        "The promise that people read is another.", _ASK),
    Row("rule-schedule", "rule.schedule rule.scheduler", "*", RISK, RISK, MINOR,
        "It is checked at other times.", _ASK),
    Row("rule-words", "rule.name rule.businessImpact", "*", DOC, NONE, PATCH, "Documentation."),
    # Service levels.
    Row("sla-added", "sla", "added", SAFE, RISK, MINOR, "It has to be met from now on.",
        "Check in the history of runs that it can be met."),
    Row("sla-removed", "sla", "removed", BREAK, NONE, MAJOR, "Nothing is promised about it any more.", _KEEP),
    Row("sla-tightened", "sla.level", "tightened", SAFE, RISK, MINOR, "It may not be met.",
        "Check in the history of runs that it can be met."),
    Row("sla-loosened", "sla.level", "loosened", BREAK, SAFE, MAJOR,
        "Consumers that rely on the old level wait longer, or find less.", _KEEP),
    Row("sla-undecided", "sla.level sla.valueExt", "*", RISK, RISK, MINOR,
        "Which of the two promises more cannot be told.", "Write both with a known unit (s, min, h, d, w, mo, y)."),
    Row("sla-scope-changed",
        "sla.element sla.schedule sla.scheduler sla.property sla.driver contract.slaDefaultElement", "*", RISK, RISK,
        MINOR, "It is measured on something else, or at another time.", _ASK),
    # Servers and access.
    Row("server-added", "server", "added", SAFE, NONE, MINOR, "The data is served in one more place."),
    Row("server-kept", f"server {' '.join(f'server.{name}' for name in PLACE)}", "kept", RISK, NONE, MINOR,
        "The data is elsewhere, but the old place or one of the same environment is still served.", _ASK),
    Row("server-removed", "server", "removed", BREAK, NONE, MAJOR, "What connects there finds nothing.",
        "Serve both places until every consumer has moved."),
    Row("server-moved", " ".join(f"server.{name}" for name in PLACE), "*", BREAK, NONE, MAJOR,
        "What connects to the old place finds nothing.", "Serve both places until every consumer has moved."),
    Row("server-renamed", "server.server server.environment", "*", RISK, NONE, MINOR,
        "What names the server or its environment finds nothing.", _ASK),
    Row("role-added", "role", "added", SAFE, NONE, MINOR, "One more role has access."),
    Row("role-removed", "role", "removed", BREAK, NONE, MAJOR, "Who has access by it loses it.", _KEEP),
    Row("access-widened", "role.access", "tightened", SAFE, NONE, MINOR, "The role may do more."),
    Row("access-reduced", "role.access", "loosened", BREAK, NONE, MAJOR, "The role may do less.", _KEEP),
    Row("access-changed", "role.access role.role role.*Approvers", "*", RISK, NONE, MINOR,
        "Who may do what, or who approves it, changes.", "Let the security owner approve it."),
    # People.
    Row("owner-changed", "team.name", "*", RISK, NONE, MINOR, "Another owner answers for the promise.",
        "The new owner must accept; route alerts to them."),
    Row("owner-changed", "member member.*", "owner", RISK, NONE, MINOR, "Another owner answers for the promise.",
        "The new owner must accept; route alerts to them."),
    Row("team-added", "contract.team", "added", SAFE, NONE, MINOR, "Somebody answers for the promise."),
    Row("team-removed", "contract.team", "*", RISK, NONE, MINOR, "Nobody answers for the promise.", _ASK),
    Row("team-changed", "member member.* team.*", "*", DOC, NONE, PATCH, "Documentation."),
    Row("support-added", "support", "added", DOC, NONE, PATCH, "One more way to reach the owner."),
    Row("support-removed", "support", "removed", RISK, NONE, PATCH, "Who asks there is not heard.",
        "Say in the old channel where the new one is."),
    Row("support-changed", "support.channel support.url support.tool support.scope support.invitationUrl", "*", RISK,
        NONE, PATCH, "Who asks there is not heard.", "Say in the old channel where the new one is."),
    Row("price-raised", "price.priceAmount", "raised", RISK, NONE, MINOR, "It costs more.", "Tell the consumers."),
    Row("price-lowered", "price.priceAmount", "lowered", SAFE, NONE, MINOR, "It costs less."),
    Row("price-unit-changed", "price.priceCurrency price.priceUnit", "*", BREAK, NONE, MAJOR,
        "The same number is another price.", _KEEP),
    Row("price-changed", "contract.price price.priceAmount", "*", RISK, NONE, MINOR, "What it costs changes.",
        "Tell the consumers."),
    # headgate's own settings.
    Row("policy-loosened", "*.setting.onBreach *.setting.maxQuarantinePercent *.setting.maxStaleness "
        "*.setting.extraColumns *.setting.allowEmpty *.setting.allowNotExecuted", "loosened", RISK, SAFE, MINOR,
        "Data is published that was held back.", _ASK),
    Row("policy-tightened", "*.setting.onBreach *.setting.maxQuarantinePercent *.setting.maxStaleness "
        "*.setting.extraColumns *.setting.allowEmpty *.setting.allowNotExecuted", "tightened", SAFE, RISK, MINOR,
        "Data is held back that was published.", "Check in the history of runs how often that would have been."),
    Row("missing-values-changed", "*.setting.missingValues", "*", RISK, RISK, MINOR,
        "Other texts become NULL.", _ASK),
    Row("examples-shown", "*.setting.showExamples", "loosened", RISK, NONE, MINOR,
        "Values are shown outside their database.", "Let the security owner approve it."),
    Row("examples-hidden", "*.setting.showExamples", "tightened", SAFE, NONE, MINOR, "Fewer values are shown."),
    Row("enum-reopened", "*.setting.enumPolicy", "reopened", BREAK, NONE, MAJOR,
        "Values may be added to an enum that was promised to be closed.", _KEEP),
    Row("enum-opened", "*.setting.enumPolicy", "loosened", RISK, NONE, MINOR, "Values may be added to the enum.", _ASK),
    Row("enum-closed", "*.setting.enumPolicy", "tightened", SAFE, NONE, MINOR,
        "Another value in the enum is a breaking change from now on."),
    Row("consumer-added", "*.setting.consumers", "added", SAFE, NONE, PATCH, "One more consumer is asked from now on."),
    Row("consumer-removed", "*.setting.consumers", "removed changed", RISK, NONE, PATCH,
        "Who is no longer listed is not asked any more.", "Ask those who are removed whether they still read it."),
    Row("consumer-contact", "*.setting.consumers", "contact", DOC, NONE, PATCH, "Documentation."),
    Row("field-number-changed", "*.setting.fieldNumber", "changed", BREAK, BREAK, MAJOR,
        "Protobuf knows a field by its number: who reads with the other one finds nothing, or another field.", _KEEP),
    Row("setting-changed", "*.setting.*", "*", RISK, RISK, MINOR, "headgate does something else.", _ASK),
    # Words, links, and what is left.
    Row("definition-changed", "definition definition.url definition.type", "meaning", RISK, NONE, MINOR,
        "The business term is defined elsewhere: it may mean something else.", _ASK),
    Row("definition-link", "definition definition.*", "*", DOC, NONE, PATCH, "Documentation."),
    Row("id-added", "*.id", "added", DOC, NONE, PATCH, "It has an id by which a rename can be told."),
    Row("id-changed", "*.id", "*", RISK, NONE, MINOR, "What refers to the old id finds nothing.", _ASK),
    Row("words", "*.description *.businessName *.tags *.examples *.context *.synonyms synonym synonym.* enum.tags "
        "*.custom.comment custom-entry.*", "*", DOC, NONE, PATCH, "Documentation."),
    Row("custom-property", "*.custom.*", "*", DOC, NONE, PATCH, "It is for another tool; no promise about the data."),
    Row("other", "*", "*", RISK, RISK, MINOR, "No rule knows this change.", _ASK),
)  # fmt: skip


@functools.cache
def row_for(where: str, word: str) -> Row:
    """The row that grades a change; the last one grades everything."""
    return next(row for row in TABLE if row.grades(where, word))
