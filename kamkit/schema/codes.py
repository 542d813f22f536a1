"""The words for what a table holds as codes: one code in every language, its word when shown.

A code means the same wherever it stands; the groups only help to find one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.language import N_
from kamkit.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

WORDS: dict[str, str] = {
    # what puts the profit of an account at risk
    "risk_loses": N_("loses money"),
    "risk_lost": N_("lost"),
    "risk_shrinks": N_("shrinking"),
    "risk_silent": N_("silent"),
    "risk_single": N_("one contact"),
    # RFM scores and segments
    "frequency": N_("frequency"),
    "monetary": N_("money"),
    "recency": N_("recency"),
    "rfm_between": N_("neither recent nor long ago"),
    "rfm_big_seldom": N_("large but seldom"),
    "rfm_champions": N_("champions"),
    "rfm_less_recent": N_("frequent but less recent"),
    "rfm_loyal": N_("loyal"),
    "rfm_new": N_("new"),
    "rfm_recent": N_("recent but seldom"),
    "rfm_sleeping": N_("seldom and least recent"),
    "rfm_sleeping_big": N_("large, but seldom and least recent"),
    "rfm_slipping": N_("slipping away"),
    "rfm_win_back": N_("large and slipping away"),
    # state of the buying rhythm
    "due": N_("due"),
    "in_season": N_("in season"),
    "late": N_("late"),
    "lost": N_("lost"),
    "off_season": N_("out of season"),
    "on_time": N_("on time"),
    "one_order": N_("one order only"),
    "season_missed": N_("season missed"),
    "too_few": N_("too few orders to tell"),
    # tiers, price against cost to serve, where a rate comes from
    "platinum": N_("platinum"),
    "gold": N_("gold"),
    "iron": N_("iron"),
    "lead": N_("lead"),
    "aggressive": N_("aggressive"),
    "bargain_basement": N_("bargain basement"),
    "carriage_trade": N_("carriage trade"),
    "passive": N_("passive"),
    "activity_row": N_("the activity itself"),
    "no_rate": N_("no rate known"),
    "rate_given": N_("given to the analysis"),
    "rate_table": N_("the table of rates"),
    # effects of the bridge
    "start": N_("before"),
    "new": N_("new"),
    "returned": N_("came back"),
    "up": N_("grew"),
    "down": N_("shrank"),
    "same": N_("unchanged"),
    "end": N_("after"),
    # models, regularity, what a value rests on
    "bg_nbd": N_("BG/NBD"),
    "mbg_nbd": N_("MBG/NBD"),
    "pareto_nbd": N_("Pareto/NBD"),
    "model": N_("model"),
    "naive": N_("naive rule"),
    "bursts": N_("in bursts"),
    "random": N_("as by chance"),
    "regular": N_("regular"),
    "all_accounts": N_("one purchase, and the average of all customers"),
    "no_purchase": N_("no purchase left"),
    "own_purchases": N_("own purchases"),
    "own_season": N_("own last season"),
    # documents
    "credit_note": N_("credit note"),
    "invoice": N_("invoice"),
    # what serving customers takes, as the activities name it
    "call": N_("call"),
    "express delivery": N_("express delivery"),
    "invoice reminder": N_("invoice reminder"),
    "manual order": N_("manual order"),
    "return": N_("return"),
    "visit": N_("visit"),
    "web order": N_("web order"),
    # criteria that people rate, as the ratings name them
    "ability to pay": N_("ability to pay"),
    "delivery": N_("delivery"),
    "growth potential": N_("growth potential"),
    "price": N_("price"),
    "quality": N_("quality"),
    "range": N_("product range"),
    "reference value": N_("reference value"),
    "relationship": N_("relationship"),
    "reputation": N_("reputation"),
    "strategic fit": N_("strategic fit"),
    "support": N_("support"),
    "willingness to cooperate": N_("willingness to cooperate"),
    # criteria, certainty, limits, changes of the list
    "data": N_("from the data"),
    "judgement": N_("judged"),
    "sure": N_("sure"),
    "likely": N_("likely"),
    "open": N_("open"),
    "unlikely": N_("unlikely"),
    "practice": N_("what firms do well with"),
    "fifth": N_("a fifth of the accounts"),
    "hours_limit": N_("the hours available"),
    "managers_limit": N_("seven for each manager"),
    "places_limit": N_("the accounts that managers take"),
    "accounts_limit": N_("the accounts there are"),
    "flattens": N_("where the curve flattens"),
    "returns_end": N_("where the returns end"),
    "comes_in": N_("comes in"),
    "goes_out": N_("goes out"),
    "stays": N_("stays"),
    # treatments and what changes with them
    "dedicated": N_("a team of its own"),
    "shared": N_("a shared manager"),
    "ordinary": N_("ordinary sales"),
    "all_dedicated": N_("each with a team of its own"),
    "all_shared": N_("all with shared managers"),
    "some_dedicated": N_("a team of its own where that pays more"),
    "first_dedicated": N_("the first with a team of their own"),
    "all_treatments": N_("all together"),
    "call_now": N_("late: call them first"),
    "manager_shared": N_("the salesperson takes key accounts too: agree who is responsible"),
    "too_important": N_("too important to leave out"),
    "does_not_pay": N_("treatment does not pay"),
    "mend_terms": N_("improve the terms first"),
    "no_change": N_("nothing"),
    "reserve": N_("reserve: looked at again next time"),
    "told_why": N_("large, but not key: tell them what to expect"),
    # opportunities, suppliers, prospects and their next steps
    "repeat": N_("repeat purchase"),
    "upsell": N_("upsell"),
    "cross_sell": N_("cross-sell"),
    "all_kinds": N_("all kinds"),
    "size_largest": N_("largest tenth"),
    "size_next": N_("next four tenths"),
    "size_small": N_("smaller half"),
    "peers_few": N_("below a quarter of the peers"),
    "peers_some": N_("a quarter to half of the peers"),
    "peers_most": N_("half of the peers or more"),
    "observed": N_("observed in the ledger"),
    "assumed": N_("assumed"),
    "not_followed": N_("not followed up yet"),
    "us": N_("us"),
    "competitor": N_("a competitor"),
    "in-house": N_("in-house"),
    "not relevant": N_("not relevant"),
    "unknown": N_("not known"),
    "wallet": N_("the table wallet"),
    "peers": N_("estimated from comparable accounts"),
    "given": N_("as given"),
    "employees": N_("from its employees"),
    "items_category": N_("product groups"),
    "items_product": N_("products"),
    "items_bestseller": N_("bestsellers"),
    "by_affinity": N_("what goes together"),
    "most_popular": N_("the most popular"),
    "hunt_first": N_("pursue first"),
    "hunt_next": N_("pursue next"),
    "leave_be": N_("leave as is"),
    "step_answer": N_("answer when they ask"),
    "step_competitor": N_("ask what would make them change supplier"),
    "step_in_house": N_("offer to take it over"),
    "step_invite": N_("invite them and keep in touch"),
    "step_meet": N_("find who decides and ask for a meeting"),
    "step_repeat": N_("ask why they stopped"),
    "step_unknown": N_("ask who serves them today"),
    "step_upsell": N_("show what comparable accounts buy, offer terms for the whole group"),
    # roles, contact structures and whom to see next
    "decider": N_("decision maker"),
    "influencer": N_("influencer"),
    "user": N_("user"),
    "buyer": N_("buyer"),
    "gatekeeper": N_("gatekeeper"),
    "initiator": N_("initiator"),
    "bow_tie": N_("through one person (bow-tie)"),
    "diamond": N_("many with many (diamond)"),
    "widening": N_("widening"),
    "no_contact": N_("nobody known"),
    "next_colleague": N_("introduce a second colleague of ours"),
    "next_decider": N_("find who decides"),
    "next_find": N_("find who works there"),
    "next_keep": N_("keep it up"),
    "next_meet_decider": N_("meet the one who decides"),
    "next_refresh": N_("meet again, it has been long"),
    "next_role": N_("find somebody in the role"),
    "next_second": N_("get to know a second person"),
    "next_superior": N_("get to know the superior"),
    "next_win": N_("win the one who is against us"),
    # questions and stages of the relationship
    "contact": N_("contact"),
    "information": N_("information"),
    "planning": N_("planning"),
    "trust": N_("trust"),
    "adaptation": N_("adaptation"),
    "commitment": N_("commitment"),
    "exploratory": N_("exploratory"),
    "basic": N_("basic"),
    "cooperative": N_("cooperative"),
    "interdependent": N_("interdependent"),
    "integrated": N_("integrated"),
    "disintegrating": N_("disintegrating"),
    "pre_kam": N_("pre-KAM"),
    "early_kam": N_("early KAM"),
    "mid_kam": N_("mid KAM"),
    "partnership_kam": N_("partnership KAM"),
    "synergistic_kam": N_("synergistic KAM"),
    "uncoupling_kam": N_("uncoupling KAM"),
    # parts of health
    "rhythm": N_("rhythm"),
    "recent": N_("last purchase"),
    "often": N_("months with purchases"),
    "growth": N_("growth"),
    "profit": N_("customer profit"),
    "coverage": N_("whom we know"),
    "dependence": N_("depends on few"),
    "service": N_("service"),
    "freshness": N_("when we met"),
    # bands of health
    "weak": N_("below 40"),
    "at_a_loss": N_("below 40 only for a loss"),
    "middle": N_("40 to 69"),
    "strong": N_("70 and more"),
    # cells of the matrix, of Fiocca and of Kraljic
    "strategic": N_("strategic"),
    "star": N_("star"),
    "terms_first": N_("terms first"),
    "status": N_("status"),
    "streamline": N_("streamline"),
    "key_easy": N_("important and easy"),
    "key_hard": N_("important and difficult"),
    "other_easy": N_("less important and easy"),
    "other_hard": N_("less important and difficult"),
    "view_strategic": N_("strategic to them"),
    "view_leverage": N_("leverage: much bought, easy to change"),
    "view_bottleneck": N_("bottleneck: little bought, hard to change"),
    "view_noncritical": N_("non-critical to them"),
    # strategies and objectives, and for whom
    "existing": N_("existing"),
    "mend": N_("improve profitability"),
    "win_back": N_("win back"),
    "retain": N_("retain"),
    "deepen": N_("deepen the relationship"),
    "grow": N_("grow"),
    "invest": N_("invest together"),
    "build": N_("build our strength"),
    "harvest": N_("harvest"),
    "take_over": N_("change of manager"),
    "hand_over": N_("hand over to ordinary sales"),
    "win": N_("win"),
    "nurture": N_("nurture"),
    "advance": N_("take the relationship a step further"),
    "grow_repeat": N_("grow by repeat purchase"),
    "grow_upsell": N_("grow by upsell"),
    "grow_cross": N_("grow by cross-sell"),
    "at_least": N_("at least"),
    "at_most": N_("at most"),
    "proposed": N_("proposed"),
    "not started": N_("not started"),
    "started": N_("started"),
    "done": N_("done"),
    "key": N_("key account"),
    "large": N_("large, not key"),
    "earning": N_("earns well, not key"),
    "silent": N_("silent, not key"),
    "asked": N_("asked for, not key"),
    # measures of the key accounts together
    "accounts": N_("key accounts"),
    "revenue": N_("current revenue"),
    "share_of_revenue": N_("share of revenue"),
    "contribution": N_("contribution of the ledger"),
    "health": N_("health"),
    "single_contacts": N_("accounts with a single contact"),
    "programme_cost": N_("yearly programme cost"),
    "programme_value": N_("net present value of the programme"),
    "planned_growth": N_("growth by opportunities, middle"),
    "growth_low": N_("growth by opportunities, low"),
    "growth_high": N_("growth by opportunities, high"),
    "planned_mending": N_("planned improvement a year"),
    # what became of it since the earlier run
    "reached": N_("reached"),
    "missed": N_("missed"),
    "on_the_way": N_("on the way"),
    "not_yet": N_("not yet due"),
    "health_fell": N_("health fell"),
    "entered": N_("entered"),
    "left": N_("left"),
    "up_tier": N_("more treatment"),
    "down_tier": N_("less treatment"),
}
"""Code to word."""

SOURCES: dict[str, str] = {
    "about": N_("The case"),
    "accounts": N_("All accounts"),
    "actions": N_("Actions"),
    "goals": N_("Goals"),
    "growth": N_("Growth"),
    "health": N_("Health"),
    "key_accounts": N_("Key accounts"),
    "matrix": N_("Matrix"),
    "mutual_value": N_("Given and left"),
    "next_contacts": N_("Next contacts"),
    "objectives": N_("Objectives"),
    "opportunities": N_("Opportunities"),
    "ordinary_sales": N_("Ordinary sales"),
    "people": N_("People"),
    "programme": N_("Programme"),
    "prospects": N_("Prospects"),
    "ratings": N_("Ratings"),
    "register": N_("Customer register"),
    "relations": N_("Relations"),
    "strategies": N_("Strategies"),
    "wallet_shares": N_("Share of wallet"),
    "whitespace": N_("Whitespace"),
}
"""What the tables are called that sentences rest on."""

REASONS: dict[str, str] = {
    "broken_line": N_("the line could not be split into columns"),
    "broken_document": N_("the document could not be read"),
    "unsound_document": N_("the lines of the document are not its total"),
    "repeated_document": N_("the same document once more"),
    "blank_line": N_("empty line"),
    "heading_row": N_("the headings once more"),
    "total_row": N_("totals row, the sum of other rows"),
    "sum_of_parts": N_("in a file or sheet that is the sum of the others"),
    "example_row": N_("example row of the template"),
    "left_out": N_("left out as asked"),
    "payment": N_("a payment or another document that is no sale"),
    "other_document": N_("neither invoice nor credit note"),
    "not_sold": N_("an order that came to nothing, by its status"),
    "cut_account": N_("a customer number that a spreadsheet program has cut"),
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
    "in_two_files": N_("an invoice that stands in two files, the second time"),
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


def reason_label(reason: str) -> str:
    """Write a reason, or ``read`` and ``used``, in the language in use.

    >>> reason_label("no_account")
    'no customer number'
    """
    if reason == "read":
        return _("read")
    return _("used") if reason == "used" else _(REASONS[reason])
