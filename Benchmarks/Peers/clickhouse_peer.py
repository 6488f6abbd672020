"""The tasks in ClickHouse, embedded by chdb."""

import json

import chdb
from chdb.session import Session

import schema

NAME = "ClickHouse"
TYPES = {"text": "Nullable(String)", "integer": "Nullable(Int64)", "number": "Nullable(Float64)"}


def version():
    return str(chdb.query("SELECT version()")).strip().strip('"') + f" (chdb {chdb.__version__})"


def spelled(kind):
    if isinstance(kind, list):
        return f"Array({spelled(kind[0])})"
    if isinstance(kind, dict):
        return "Tuple(" + ", ".join(f"`{key}` {spelled(k)}" for key, k in kind.items()) + ")"
    return TYPES[kind]


def structure(fields):
    return ", ".join(f"`{key}` {spelled(kind)}" for key, kind in fields.items())


class Peer:
    def __init__(self, csv, ndjson, threads):
        self.csv, self.ndjson = csv, ndjson
        # A file of purchases, named by who needs it.
        self.purchases = None
        self.session = Session()
        self.run(f"SET max_threads = {threads}, max_insert_threads = {threads}, "
                 "output_format_json_quote_64bit_integers = 0")
        self.run("CREATE DATABASE IF NOT EXISTS peers ENGINE = Atomic")
        self.isLoaded = False
        self.hasOrders = False

    def run(self, sql):
        return self.session.query(sql, "JSONCompactEachRow")

    def rows(self, sql):
        return [json.loads(line) for line in str(self.run(sql)).splitlines() if line]

    # Reading

    def prepare(self, task):
        self.run("DROP TABLE IF EXISTS peers.raw SYNC")
        if task == "rfm":
            self.load_orders()
        elif not task.startswith("read"):
            self.load()

    def read(self, path, format, fields):
        self.run(f"CREATE TABLE peers.raw ({structure(fields)}) ENGINE = Memory")
        self.run(
            f"INSERT INTO peers.raw SELECT * FROM file('{path}', {format}, '{structure(fields)}')")

    def read_csv(self):
        self.read(self.csv, "CSVWithNames", schema.CSV)

    def read_csv_answer(self, _):
        return self.rows(
            "SELECT count(), uniqExact(user_id), sum(intDiv(event_timestamp, 1000000)), "
            "count(transaction_id), sum(purchase_revenue_usd), uniqExact(country) FROM peers.raw")

    def read_ndjson(self):
        self.read(self.ndjson, "JSONEachRow", schema.NDJSON)

    def read_ndjson_answer(self, _):
        return self.rows(
            "SELECT count(), uniqExact(coalesce(user_id, user_pseudo_id)), "
            "sum(intDiv(event_timestamp, 1000000)), sum(length(event_params)), "
            "sum(arraySum(p -> if(p.key = 'ga_session_number', ifNull(p.value.int_value, 0), 0), "
            "event_params)), sum(length(items)), "
            "sum(arraySum(i -> ifNull(i.quantity, 0), items)), "
            "sum(ecommerce.purchase_revenue_in_usd) FROM peers.raw")

    # Queries

    @staticmethod
    def source(path):
        """The rows of a CSV file, no column of which is null."""
        text = {key: "String" if kind == "text" else "Int64" if kind == "integer" else "Float64"
                for key, kind in schema.CSV.items()}
        source = ", ".join(f"{key} {kind}" for key, kind in text.items())
        return f"file('{path}', CSVWithNames, '{source}')"

    def load(self):
        """The rows sorted by user and time, users as numbers, once in memory and once on disk."""
        if self.isLoaded:
            return
        self.isLoaded = True
        fields = ("usr UInt32, ts Int64, day Date, name LowCardinality(String), "
                  "source LowCardinality(String), medium LowCardinality(String), revenue Float64")
        self.run(f"CREATE TABLE peers.tree ({fields}) ENGINE = MergeTree ORDER BY (usr, ts)")
        self.run(f"CREATE TABLE peers.memory ({fields}) ENGINE = Memory")
        self.run(
            "INSERT INTO peers.tree SELECT dense_rank() OVER (ORDER BY user_id), event_timestamp, "
            "toDate(parseDateTime(toString(event_date), '%Y%m%d')), event_name, source, medium, "
            f"purchase_revenue_usd FROM {self.source(self.csv)}")
        self.run("OPTIMIZE TABLE peers.tree FINAL")
        self.run(
            "INSERT INTO peers.memory SELECT * FROM peers.tree ORDER BY usr, ts "
            "SETTINGS max_threads = 1, max_insert_threads = 1")

    def load_orders(self):
        """Purchases sorted by user and time, with users and transactions as numbers."""
        if self.hasOrders:
            return
        self.hasOrders = True
        self.run("CREATE TABLE peers.orders (usr UInt32, ts Int64, day Date, tx UInt32, "
                 "revenue Float64) ENGINE = Memory")
        self.run(
            "INSERT INTO peers.orders SELECT dense_rank() OVER (ORDER BY user_id) AS usr, "
            "event_timestamp AS ts, toDate(parseDateTime(toString(event_date), '%Y%m%d')), "
            "dense_rank() OVER (ORDER BY transaction_id), purchase_revenue_usd "
            f"FROM {self.source(self.purchases)} ORDER BY usr, ts "
            "SETTINGS max_threads = 1, max_insert_threads = 1")

    dau = {
        "uniqExact, memory":
            "SELECT day, uniqExact(usr) FROM peers.memory GROUP BY day",
        "bitmap, memory":
            "SELECT day, groupBitmap(usr) FROM peers.memory GROUP BY day",
        "bitmap, MergeTree":
            "SELECT day, groupBitmap(usr) FROM peers.tree GROUP BY day",
        "distinct, then count, memory":
            "SELECT day, count() FROM (SELECT DISTINCT day, usr FROM peers.memory) GROUP BY day",
    }
    gap_sessions = {
        "window by user, memory":
            "SELECT day, count() FROM (SELECT day, ts, row_number() OVER w AS n, "
            "lagInFrame(ts) OVER w AS pts FROM peers.memory "
            "WINDOW w AS (PARTITION BY usr ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) "
            f"WHERE n = 1 OR ts - pts > {schema.GAP_MICROSECONDS} GROUP BY day",
        "window by user, MergeTree":
            "SELECT day, count() FROM (SELECT day, ts, lagInFrame(ts, 1, -1) OVER w AS pts "
            "FROM peers.tree "
            "WINDOW w AS (PARTITION BY usr ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) "
            f"WHERE pts = -1 OR ts - pts > {schema.GAP_MICROSECONDS} GROUP BY day",
        "one window by user and time, MergeTree":
            "SELECT day, count() FROM (SELECT day, usr, ts, lagInFrame(ts, 1, -1) OVER w AS pts, "
            "lagInFrame(usr) OVER w AS pusr FROM peers.tree "
            "WINDOW w AS (ORDER BY usr, ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) "
            f"WHERE pts = -1 OR usr <> pusr OR ts - pts > {schema.GAP_MICROSECONDS} GROUP BY day",
        # Sorted, since threads fill the arrays in any order.
        "arrays by user, MergeTree":
            "SELECT day, count() FROM (SELECT arrayJoin(arrayFilter((r, g, i) -> i = 1 OR "
            f"g > {schema.GAP_MICROSECONDS}, rows, arrayDifference(tupleElement(rows, 1)), "
            "arrayEnumerate(rows))).2 AS day FROM (SELECT arraySort(groupArray((ts, day))) AS rows "
            "FROM peers.tree GROUP BY usr SETTINGS optimize_aggregation_in_order = 1)) GROUP BY day",
    }
    fact_table = {
        f"countIf, {table}":
            "SELECT day, source, medium, countIf(name = 'session_start'), "
            "countIf(name = 'add_to_cart'), countIf(name = 'purchase'), "
            f"sumIf(revenue, name = 'purchase') FROM peers.{table} GROUP BY day, source, medium"
        for table in ("memory", "tree")
    } | {
        "by name, then pivot, memory":
            "SELECT day, source, medium, sumIf(n, name = 'session_start'), "
            "sumIf(n, name = 'add_to_cart'), sumIf(n, name = 'purchase'), "
            "sumIf(r, name = 'purchase') FROM (SELECT day, source, medium, name, count() AS n, "
            "sum(revenue) AS r FROM peers.memory GROUP BY day, source, medium, name) "
            "GROUP BY day, source, medium",
    }

    retention = {
        f"set of days by user, {table}{', in order' if settings else ''}":
            "SELECT first, day - first AS d, count() FROM (SELECT min(day) AS first, "
            f"groupUniqArray(day) AS days FROM peers.{table} GROUP BY usr{settings}) "
            "ARRAY JOIN days AS day GROUP BY first, d"
        for table, settings in (
            ("memory", ""), ("tree", ""),
            ("tree", " SETTINGS optimize_aggregation_in_order = 1"))
    } | {
        "distinct, then arrays by user, memory":
            "SELECT first, day - first AS d, count() FROM (SELECT min(day) AS first, "
            "groupArray(day) AS days FROM (SELECT DISTINCT usr, day FROM peers.memory) "
            "GROUP BY usr) ARRAY JOIN days AS day GROUP BY first, d",
        "distinct, then join with first days, memory":
            "SELECT first, day - first AS d, count() FROM (SELECT DISTINCT usr, day "
            "FROM peers.memory) AS days INNER JOIN (SELECT usr, min(day) AS first "
            "FROM peers.memory GROUP BY usr) AS firsts USING (usr) GROUP BY first, d",
        "set of distances by user, memory":
            "SELECT first, d, count() FROM (SELECT min(day) AS first, "
            "arrayMap(x -> x - first, groupUniqArray(day)) AS ds FROM peers.memory GROUP BY usr) "
            "ARRAY JOIN ds AS d GROUP BY first, d",
    }

    @staticmethod
    def scores(orders):
        """Customers, orders and revenue of each score, from orders of which none is repeated.

        A subquery with a name would be computed each time it is named, so customers become an
        array.
        """
        shares = ", ".join(str(step / 5) for step in range(1, 5))

        def passed(value, quantiles):
            return f"arrayCount(q -> {value} > q, {quantiles})"

        return (f"SELECT 5 - {passed('c.1', 'r')} AS rs, 1 + {passed('c.2', 'f')} AS fs, "
                f"1 + {passed('c.3', 'm')} AS ms, count(), sum(c.2), sum(c.3) FROM (SELECT "
                f"quantilesExactInclusive({shares})(recency) AS r, "
                f"quantilesExactInclusive({shares})(orders) AS f, "
                f"quantilesExactInclusive({shares})(revenue) AS m, "
                "groupArray((recency, orders, revenue)) AS customers FROM (SELECT "
                f"toDate('{schema.RFM_DAY}') - max(day) AS recency, count() AS orders, "
                f"sum(revenue) AS revenue FROM ({orders}) GROUP BY usr)) "
                "ARRAY JOIN customers AS c GROUP BY rs, fs, ms")

    @property
    def rfm(self):
        """Repeats have the same user, day and revenue, so keeping any of them is right."""
        return {name: self.scores(orders) for name, orders in {
            "one by id": "SELECT usr, day, revenue FROM peers.orders LIMIT 1 BY tx",
            "group by id, then user":
                "SELECT any(usr) AS usr, any(day) AS day, any(revenue) AS revenue "
                "FROM peers.orders GROUP BY tx",
        }.items()}

    funnel = {
        f"windowFunnel over {what}, {table}":
            "SELECT level, count() FROM (SELECT usr, "
            f"windowFunnel({schema.FUNNEL_MICROSECONDS})(toUInt64(ts), "
            + ", ".join(f"name = '{name}'" for name in schema.FUNNEL)
            + f") AS level FROM peers.{table} {where}"
            + "GROUP BY usr) GROUP BY level"
        for table in ("memory", "tree")
        for what, where in {
            "all events": "",
            "events of steps": "WHERE name IN ("
            + ", ".join(f"'{name}'" for name in schema.FUNNEL) + ") ",
        }.items()
    }

    def variants(self, task):
        if task.startswith("read"):
            return {"typed": (getattr(self, task), getattr(self, task + "_answer"))}
        answer = {"fact_table": schema.facts, "funnel": schema.funnel, "rfm": schema.scores}.get(
            task, lambda rows: rows)
        return {
            name: (lambda sql=sql: self.rows(sql), answer)
            for name, sql in getattr(self, task).items()}
