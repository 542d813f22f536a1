"""The words for what an analysis decides about an account: codes in tables, words shown.

A table holds the code, which is the same in every language; pages, pictures and sentences show
the word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kamkit.language import mark, say

if TYPE_CHECKING:
    import pandas as pd

WORDS: dict[str, str] = {
    "frequency": mark("frequency"),
    "monetary": mark("money"),
    "recency": mark("recency"),
    "rfm_attention": mark("needs attention"),
    "rfm_big_seldom": mark("large but seldom"),
    "rfm_champions": mark("champions"),
    "rfm_growing": mark("can grow"),
    "rfm_loyal": mark("loyal"),
    "rfm_new": mark("new"),
    "rfm_sleeping": mark("asleep"),
    "rfm_sleeping_big": mark("asleep, was large"),
    "rfm_slipping": mark("slipping away"),
    "rfm_win_back": mark("large and slipping away"),
    "due": mark("due"),
    "in_season": mark("in season"),
    "late": mark("late"),
    "off_season": mark("out of season"),
    "on_time": mark("on time"),
    "one_order": mark("one order only"),
    "season_missed": mark("season missed"),
    "too_few": mark("too few orders to tell"),
    "activity_row": mark("the activity itself"),
    "aggressive": mark("aggressive"),
    "bargain_basement": mark("bargain basement"),
    "carriage_trade": mark("carriage trade"),
    "gold": mark("gold"),
    "iron": mark("iron"),
    "lead": mark("lead"),
    "no_rate": mark("no rate known"),
    "passive": mark("passive"),
    "platinum": mark("platinum"),
    "rate_given": mark("given to the analysis"),
    "rate_table": mark("the table of rates"),
    "all_accounts": mark("average of all accounts"),
    "bg_nbd": mark("BG/NBD"),
    "bursts": mark("in bursts"),
    "down": mark("shrank"),
    "end": mark("after"),
    "lost": mark("lost"),
    "mbg_nbd": mark("MBG/NBD"),
    "model": mark("model"),
    "naive": mark("naive rule"),
    "new": mark("new"),
    "no_purchase": mark("no purchase left"),
    "own_purchases": mark("own purchases"),
    "pareto_nbd": mark("Pareto/NBD"),
    "random": mark("as by chance"),
    "regular": mark("regular"),
    "returned": mark("came back"),
    "same": mark("unchanged"),
    "start": mark("before"),
    "up": mark("grew"),
    "all_dedicated": mark("each with a team of its own"),
    "all_shared": mark("all with shared managers"),
    "all_treatments": mark("all together"),
    "by_affinity": mark("what goes together"),
    "competitor": mark("a competitor"),
    "cross_sell": mark("cross-sell"),
    "employees": mark("from its employees"),
    "given": mark("as given"),
    "hunt_first": mark("hunt first"),
    "hunt_next": mark("hunt next"),
    "in-house": mark("itself"),
    "items_category": mark("product groups"),
    "items_product": mark("products"),
    "items_word": mark("groups by name"),
    "leave_be": mark("leave be"),
    "most_popular": mark("the most popular"),
    "not relevant": mark("not relevant"),
    "peers": mark("estimated from comparable accounts"),
    "repeat": mark("repeat purchase"),
    "unknown": mark("not known"),
    "upsell": mark("upsell"),
    "us": mark("us"),
    "wallet": mark("the table wallet"),
    "call_now": mark("late: call it first"),
    "comes_in": mark("comes in"),
    "data": mark("from the data"),
    "dedicated": mark("a team of its own"),
    "first_dedicated": mark("the first with a team of their own"),
    "goes_out": mark("goes out"),
    "judgement": mark("judged"),
    "likely": mark("likely"),
    "manager_shared": mark("its salesperson takes key accounts too: agree on who answers"),
    "mend_terms": mark("terms are mended first"),
    "no_change": mark("nothing"),
    "open": mark("open"),
    "ordinary": mark("ordinary sales"),
    "places_limit": mark("the accounts that managers take"),
    "practice": mark("what firms do well with"),
    "fifth": mark("a fifth of the accounts"),
    "hours_limit": mark("the hours there are"),
    "managers_limit": mark("seven for each manager"),
    "accounts_limit": mark("the accounts there are"),
    "flattens": mark("where the curve flattens"),
    "return": mark("where the returns end"),
    "reserve": mark("reserve: looked at again next time"),
    "shared": mark("a shared manager"),
    "some_dedicated": mark("a team of its own where that pays more"),
    "stays": mark("stays"),
    "step_answer": mark("answer when it asks"),
    "step_competitor": mark("ask what would make it change supplier"),
    "step_in_house": mark("offer to take it over"),
    "step_invite": mark("invite it and keep in touch"),
    "step_meet": mark("find who decides and ask for a meeting"),
    "step_repeat": mark("ask why it stopped"),
    "step_unknown": mark("ask who serves it today"),
    "step_upsell": mark("show what comparable accounts buy, offer terms for the whole group"),
    "sure": mark("sure"),
    "unlikely": mark("unlikely"),
    "told_why": mark("large, but not key: tell it what it can expect"),
}
"""Code to word; a code means the same wherever it stands."""


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
    return say(WORDS[code]) if code in WORDS else code
