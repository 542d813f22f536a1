"""The words for what an analysis decides about an account: codes in tables, words shown.

A table holds the code, which is the same in every language; pages, pictures and sentences show
the word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.language import N_
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

WORDS: dict[str, str] = {
    "frequency": N_("frequency"),
    "monetary": N_("money"),
    "recency": N_("recency"),
    "rfm_attention": N_("needs attention"),
    "rfm_big_seldom": N_("large but seldom"),
    "rfm_champions": N_("champions"),
    "rfm_growing": N_("can grow"),
    "rfm_loyal": N_("loyal"),
    "rfm_new": N_("new"),
    "rfm_sleeping": N_("asleep"),
    "rfm_sleeping_big": N_("asleep, was large"),
    "rfm_slipping": N_("slipping away"),
    "rfm_win_back": N_("large and slipping away"),
    "due": N_("due"),
    "in_season": N_("in season"),
    "late": N_("late"),
    "off_season": N_("out of season"),
    "on_time": N_("on time"),
    "one_order": N_("one order only"),
    "season_missed": N_("season missed"),
    "too_few": N_("too few orders to tell"),
    "activity_row": N_("the activity itself"),
    "aggressive": N_("aggressive"),
    "bargain_basement": N_("bargain basement"),
    "carriage_trade": N_("carriage trade"),
    "gold": N_("gold"),
    "iron": N_("iron"),
    "lead": N_("lead"),
    "no_rate": N_("no rate known"),
    "passive": N_("passive"),
    "platinum": N_("platinum"),
    "rate_given": N_("given to the analysis"),
    "rate_table": N_("the table of rates"),
    "all_accounts": N_("average of all accounts"),
    "bg_nbd": N_("BG/NBD"),
    "bursts": N_("in bursts"),
    "down": N_("shrank"),
    "end": N_("after"),
    "lost": N_("lost"),
    "mbg_nbd": N_("MBG/NBD"),
    "model": N_("model"),
    "naive": N_("naive rule"),
    "new": N_("new"),
    "no_purchase": N_("no purchase left"),
    "own_purchases": N_("own purchases"),
    "pareto_nbd": N_("Pareto/NBD"),
    "random": N_("as by chance"),
    "regular": N_("regular"),
    "returned": N_("came back"),
    "same": N_("unchanged"),
    "start": N_("before"),
    "up": N_("grew"),
    "all_dedicated": N_("each with a team of its own"),
    "all_shared": N_("all with shared managers"),
    "all_treatments": N_("all together"),
    "by_affinity": N_("what goes together"),
    "competitor": N_("a competitor"),
    "cross_sell": N_("cross-sell"),
    "employees": N_("from its employees"),
    "given": N_("as given"),
    "hunt_first": N_("hunt first"),
    "hunt_next": N_("hunt next"),
    "in-house": N_("itself"),
    "items_category": N_("product groups"),
    "items_product": N_("products"),
    "items_word": N_("groups by name"),
    "leave_be": N_("leave be"),
    "most_popular": N_("the most popular"),
    "not relevant": N_("not relevant"),
    "peers": N_("estimated from comparable accounts"),
    "repeat": N_("repeat purchase"),
    "unknown": N_("not known"),
    "upsell": N_("upsell"),
    "us": N_("us"),
    "wallet": N_("the table wallet"),
    "call_now": N_("late: call it first"),
    "comes_in": N_("comes in"),
    "data": N_("from the data"),
    "dedicated": N_("a team of its own"),
    "first_dedicated": N_("the first with a team of their own"),
    "goes_out": N_("goes out"),
    "judgement": N_("judged"),
    "likely": N_("likely"),
    "manager_shared": N_("its salesperson takes key accounts too: agree on who answers"),
    "mend_terms": N_("terms are mended first"),
    "no_change": N_("nothing"),
    "open": N_("open"),
    "ordinary": N_("ordinary sales"),
    "places_limit": N_("the accounts that managers take"),
    "practice": N_("what firms do well with"),
    "fifth": N_("a fifth of the accounts"),
    "hours_limit": N_("the hours there are"),
    "managers_limit": N_("seven for each manager"),
    "accounts_limit": N_("the accounts there are"),
    "flattens": N_("where the curve flattens"),
    "return": N_("where the returns end"),
    "reserve": N_("reserve: looked at again next time"),
    "shared": N_("a shared manager"),
    "some_dedicated": N_("a team of its own where that pays more"),
    "stays": N_("stays"),
    "step_answer": N_("answer when it asks"),
    "step_competitor": N_("ask what would make it change supplier"),
    "step_in_house": N_("offer to take it over"),
    "step_invite": N_("invite it and keep in touch"),
    "step_meet": N_("find who decides and ask for a meeting"),
    "step_repeat": N_("ask why it stopped"),
    "step_unknown": N_("ask who serves it today"),
    "step_upsell": N_("show what comparable accounts buy, offer terms for the whole group"),
    "adaptation": N_("adaptation"),
    "basic": N_("basic"),
    "both": N_("both"),
    "bow_tie": N_("bow-tie"),
    "buyer": N_("buyer"),
    "commitment": N_("commitment"),
    "contact": N_("contact"),
    "cooperative": N_("cooperative"),
    "coverage": N_("whom we know"),
    "customer_only": N_("the customer alone"),
    "decider": N_("decider"),
    "dependence": N_("hangs on few"),
    "diamond": N_("diamond"),
    "disintegrating": N_("disintegrating"),
    "early_kam": N_("early KAM"),
    "exploratory": N_("exploratory"),
    "freshness": N_("when we met"),
    "gatekeeper": N_("gatekeeper"),
    "growth": N_("growth"),
    "influencer": N_("influencer"),
    "information": N_("information"),
    "initiator": N_("initiator"),
    "integrated": N_("integrated"),
    "interdependent": N_("interdependent"),
    "mid_kam": N_("mid KAM"),
    "at_least": N_("at least"),
    "at_most": N_("at most"),
    "health_fell": N_("health fell"),
    "neither": N_("neither"),
    "next_colleague": N_("bring a colleague of ours in"),
    "next_decider": N_("find who decides"),
    "next_find": N_("find who works there"),
    "next_keep": N_("keep it up"),
    "next_meet_decider": N_("meet the one who decides"),
    "next_refresh": N_("meet again, it has been long"),
    "next_role": N_("find somebody in the role"),
    "next_second": N_("get to know a second person"),
    "next_superior": N_("get to know the superior"),
    "next_win": N_("win the one who is against us"),
    "no_contact": N_("nobody known"),
    "partnership_kam": N_("partnership KAM"),
    "planning": N_("planning"),
    "pre_kam": N_("pre-KAM"),
    "profit": N_("profit"),
    "rhythm": N_("rhythm"),
    "service": N_("service"),
    "synergistic_kam": N_("synergistic KAM"),
    "trust": N_("trust"),
    "uncoupling_kam": N_("uncoupling KAM"),
    "us_only": N_("we alone"),
    "user": N_("user"),
    "widening": N_("widening"),
    "sure": N_("sure"),
    "unlikely": N_("unlikely"),
    "told_why": N_("large, but not key: tell it what it can expect"),
    "strategic": N_("strategic"),
    "star": N_("star"),
    "status": N_("status"),
    "streamline": N_("streamline"),
    "key_easy": N_("important and easy"),
    "key_hard": N_("important and difficult"),
    "other_easy": N_("less important and easy"),
    "other_hard": N_("less important and difficult"),
    "view_strategic": N_("strategic to it"),
    "view_leverage": N_("leverage: much bought, easy to change"),
    "view_bottleneck": N_("bottleneck: little bought, hard to change"),
    "view_noncritical": N_("non-critical to it"),
    "mend": N_("mend profitability"),
    "win_back": N_("win back"),
    "retain": N_("retain"),
    "deepen": N_("deepen the relationship"),
    "grow": N_("grow"),
    "invest": N_("invest together"),
    "build": N_("build our strength"),
    "harvest": N_("harvest"),
    "hand_over": N_("hand over to ordinary sales"),
    "win": N_("win"),
    "nurture": N_("nurture"),
    "advance": N_("take the relationship a step further"),
    "grow_repeat": N_("grow by repeat purchase"),
    "grow_upsell": N_("grow by upsell"),
    "grow_cross": N_("grow by cross-sell"),
    "proposed": N_("proposed"),
    "large": N_("large, not key"),
    "key": N_("key"),
    "accounts": N_("key accounts"),
    "revenue": N_("revenue of the later period"),
    "share_of_revenue": N_("share of all revenue"),
    "contribution": N_("contribution of the ledger"),
    "open_value": N_("open by expectation"),
    "single_contacts": N_("accounts with one contact only"),
    "programme_cost": N_("cost of the programme a year"),
    "programme_value": N_("net present value of the programme"),
    "planned_growth": N_("planned growth a year"),
    "planned_mending": N_("planned mending a year"),
    "reached": N_("reached"),
    "missed": N_("missed"),
    "on_the_way": N_("on the way"),
    "not_yet": N_("not yet due"),
    "health": N_("health"),
    "entered": N_("entered"),
    "left": N_("left"),
    "up_tier": N_("more treatment"),
    "down_tier": N_("less treatment"),
}
"""Code to word; a code means the same wherever it stands."""

CRITERIA = {
    "revenue": N_("revenue"),
    "invoiced": N_("invoiced revenue"),
    "contribution": N_("contribution"),
    "quantity": N_("quantity"),
    "invoices": N_("number of invoices"),
    "profit": N_("customer profit"),
    "lifetime_value": N_("customer lifetime value"),
}
"""Account facts that accounts are usually ranked by, and what a sentence calls them."""

REASONS: dict[str, str] = {
    "broken_line": N_("the line could not be split into columns"),
    "blank_line": N_("empty line"),
    "total_row": N_("totals row, the sum of other rows"),
    "example_row": N_("example row of the template"),
    "other_document": N_("neither invoice nor credit note"),
    "no_account": N_("no customer number"),
    "no_date": N_("no date"),
    "unreadable_date": N_("unreadable date"),
    "impossible_date": N_("a date before 1950 or after 2099"),
    "no_amount": N_("no amount"),
    "unreadable_amount": N_("unreadable amount"),
    "no_rate": N_("currency without a rate"),
    "excluded_account": N_("test or internal customer, left out as asked"),
    "outside_period": N_("outside the period, left out as asked"),
    "repeated_total": N_("the invoice's total once more, left out as asked"),
    "duplicate": N_("repeats an earlier line exactly, left out as asked"),
}
"""Why a row is set aside, in the order in which the first that fits is taken."""


def name_of(row: pd.Series[Any]) -> str:
    """Return what a sentence calls the account of a row: its name, else its number.

    >>> import pandas as pd
    >>> name_of(pd.Series({"account_id": "007", "account_name": float("nan")}))
    '007'
    """
    name = row.get("account_name")
    return name if isinstance(name, str) and name.strip() else str(row["account_id"])


def word(code: str) -> str:
    """Return the word of a code in the language in use; what is no code stays as it is.

    >>> word("lost"), word("Oslo")
    ('lost', 'Oslo')
    """
    return _(WORDS[code]) if code in WORDS else code


def criterion(by: str) -> str:
    """Return what a sentence calls an account fact.

    >>> criterion("revenue")
    'revenue'
    """
    return _(CRITERIA[by]) if by in CRITERIA else by.replace("_", " ")


def reason_label(reason: str) -> str:
    """Write a reason, or ``read`` and ``used``, in the language in use.

    >>> reason_label("no_account")
    'no customer number'
    """
    if reason == "read":
        return _("read")
    return _("used") if reason == "used" else _(REASONS[reason])
