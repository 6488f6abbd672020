"""The tasks in DuckDB, in memory."""

import duckdb

import schema

NAME = "DuckDB"
TYPES = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE"}


def version():
    return duckdb.__version__


def spelled(kind):
    if isinstance(kind, list):
        return spelled(kind[0]) + "[]"
    if isinstance(kind, dict):
        return "STRUCT(" + ", ".join(f'"{key}" {spelled(k)}' for key, k in kind.items()) + ")"
    return TYPES[kind]


def columns(fields):
    return "{" + ", ".join(f"'{key}': '{spelled(kind)}'" for key, kind in fields.items()) + "}"


class Peer:
    def __init__(self, csv, ndjson, threads):
        self.csv, self.ndjson = csv, ndjson
        # A file of purchases, named by who needs it.
        self.purchases = None
        self.connection = duckdb.connect()
        self.run(f"SET threads = {threads}")
        self.isLoaded = False
        self.hasOrders = False

    def run(self, sql):
        return self.connection.execute(sql)

    def rows(self, sql):
        return [list(row) for row in self.run(sql).fetchall()]

    # Reading

    def prepare(self, task):
        self.run("DROP TABLE IF EXISTS raw")
        # Reading needs no order, and is faster without; formulations over sorted rows need it.
        isReading = task.startswith("read")
        self.run(f"SET preserve_insertion_order = {'false' if isReading else 'true'}")
        if task == "rfm":
            self.load_orders()
        elif not isReading:
            self.load()

    def csv_source(self, path=None):
        return (f"read_csv('{path or self.csv}', auto_detect = false, header = true, delim = ',', "
                f"quote = '\"', escape = '\"', columns = {columns(schema.CSV)})")

    def read_csv(self):
        self.run(f"CREATE TABLE raw AS FROM {self.csv_source()}")

    def read_csv_answer(self, _):
        return self.rows(
            "SELECT count(*), count(DISTINCT user_id), sum(event_timestamp // 1000000)::BIGINT, "
            "count(transaction_id), sum(purchase_revenue_usd), count(DISTINCT country) FROM raw")

    def read_ndjson(self):
        self.run(
            f"CREATE TABLE raw AS FROM read_json('{self.ndjson}', format = 'newline_delimited', "
            f"auto_detect = false, columns = {columns(schema.NDJSON)})")

    def read_ndjson_answer(self, _):
        return self.rows(
            "SELECT count(*), count(DISTINCT coalesce(user_id, user_pseudo_id)), "
            "sum(event_timestamp // 1000000)::BIGINT, sum(len(event_params))::BIGINT, "
            "sum(list_sum(list_transform(list_filter(event_params, "
            "lambda p: p.key = 'ga_session_number'), lambda p: p.value.int_value)))::BIGINT, "
            "sum(len(items))::BIGINT, "
            "sum(list_sum(list_transform(items, lambda i: i.quantity)))::BIGINT, "
            "sum(ecommerce.purchase_revenue_in_usd) FROM raw")

    # Queries

    def load(self):
        """A table sorted by user and time, users as numbers, other texts as enumerations."""
        if self.isLoaded:
            return
        self.isLoaded = True
        self.run(f"CREATE TABLE loading AS FROM {self.csv_source()}")
        for column in ("event_name", "source", "medium"):
            self.run(f"CREATE TYPE {column}_enum AS ENUM (SELECT DISTINCT {column} FROM loading "
                     f"WHERE {column} IS NOT NULL)")
        self.run(
            "CREATE TABLE events AS SELECT dense_rank() OVER (ORDER BY user_id)::UINTEGER AS usr, "
            "event_timestamp AS ts, strptime(event_date::VARCHAR, '%Y%m%d')::DATE AS day, "
            "event_name::event_name_enum AS name, source::source_enum AS source, "
            "medium::medium_enum AS medium, purchase_revenue_usd AS revenue "
            "FROM loading ORDER BY usr, ts")
        self.run("DROP TABLE loading")

    def load_orders(self):
        """Purchases sorted by user and time, with users and transactions as numbers."""
        if self.hasOrders:
            return
        self.hasOrders = True
        self.run(
            "CREATE TABLE orders AS SELECT dense_rank() OVER (ORDER BY user_id)::UINTEGER AS usr, "
            "event_timestamp AS ts, strptime(event_date::VARCHAR, '%Y%m%d')::DATE AS day, "
            "dense_rank() OVER (ORDER BY transaction_id)::UINTEGER AS tx, "
            "purchase_revenue_usd AS revenue "
            f"FROM {self.csv_source(self.purchases)} ORDER BY usr, ts")

    dau = {
        "count distinct":
            "SELECT day::VARCHAR, count(DISTINCT usr) FROM events GROUP BY day",
        "distinct, then count":
            "SELECT day::VARCHAR, count(*) FROM (SELECT DISTINCT day, usr FROM events) "
            "GROUP BY day",
        "sorted rows":
            "SELECT day::VARCHAR, count(*) FROM (SELECT day, usr, lag(day) OVER () AS pday, "
            "lag(usr) OVER () AS pusr FROM events) "
            "WHERE pusr IS NULL OR usr <> pusr OR day <> pday GROUP BY day",
    }
    gap_sessions = {
        "window by user":
            "SELECT day::VARCHAR, count(*) FROM (SELECT day, ts - lag(ts) OVER (PARTITION BY usr "
            f"ORDER BY ts) AS gap FROM events) WHERE gap IS NULL OR gap > "
            f"{schema.GAP_MICROSECONDS} GROUP BY day",
        "sorted rows":
            "SELECT day::VARCHAR, count(*) FROM (SELECT day, usr, ts, lag(ts) OVER () AS pts, "
            "lag(usr) OVER () AS pusr FROM events) WHERE pusr IS NULL OR usr <> pusr OR "
            f"ts - pts > {schema.GAP_MICROSECONDS} GROUP BY day",
    }
    fact_table = {
        "filtered counts":
            "SELECT day::VARCHAR, source::VARCHAR, medium::VARCHAR, "
            "count(*) FILTER (name = 'session_start'), count(*) FILTER (name = 'add_to_cart'), "
            "count(*) FILTER (name = 'purchase'), "
            "coalesce(sum(revenue) FILTER (name = 'purchase'), 0) "
            "FROM events GROUP BY day, source, medium",
        "by name, then pivot":
            "SELECT day::VARCHAR, source::VARCHAR, medium::VARCHAR, "
            "sum(n) FILTER (name = 'session_start'), sum(n) FILTER (name = 'add_to_cart'), "
            "sum(n) FILTER (name = 'purchase'), sum(r) FILTER (name = 'purchase') "
            "FROM (SELECT day, source, medium, name, count(*) AS n, sum(revenue) AS r "
            "FROM events GROUP BY day, source, medium, name) GROUP BY day, source, medium",
    }

    retention = {
        "join with first days":
            "WITH days AS (SELECT DISTINCT usr, day FROM events), "
            "firsts AS (SELECT usr, min(day) AS first FROM events GROUP BY usr) "
            "SELECT first::VARCHAR, day - first, count(*) FROM days JOIN firsts USING (usr) "
            "GROUP BY first, day",
        "first day by window":
            "SELECT first::VARCHAR, day - first, count(*) FROM (SELECT day, min(day) OVER "
            "(PARTITION BY usr) AS first FROM (SELECT DISTINCT usr, day FROM events)) "
            "GROUP BY first, day",
        "list of days by user":
            "SELECT first::VARCHAR, day - first, count(*) FROM (SELECT first, unnest(days) AS day "
            "FROM (SELECT min(day) AS first, list(DISTINCT day) AS days FROM events GROUP BY usr)) "
            "GROUP BY first, day",
        "sorted rows, then list by user":
            "SELECT first::VARCHAR, day - first, count(*) FROM (SELECT first, unnest(days) AS day "
            "FROM (SELECT min(day) AS first, list(day) AS days FROM (SELECT day, usr, "
            "lag(day) OVER () AS pday, lag(usr) OVER () AS pusr FROM events) "
            "WHERE pusr IS NULL OR usr <> pusr OR day <> pday GROUP BY usr)) GROUP BY first, day",
    }

    @staticmethod
    def scores(orders):
        """Customers, orders and revenue of each score, from orders of which none is repeated."""
        shares = [step / 5 for step in range(1, 5)]

        def passed(value, quantiles):
            return " + ".join(f"({value} > {quantiles}[{n}])::INTEGER" for n in range(1, 5))

        return ("WITH customers AS MATERIALIZED (SELECT "
                f"DATE '{schema.RFM_DAY}' - max(day) AS recency, count(*) AS orders, "
                f"sum(revenue) AS revenue FROM ({orders}) GROUP BY usr), "
                f"quantiles AS (SELECT quantile_cont(recency, {shares}) AS r, "
                f"quantile_cont(orders, {shares}) AS f, quantile_cont(revenue, {shares}) AS m "
                f"FROM customers) SELECT 5 - ({passed('recency', 'r')}) AS rs, "
                f"1 + ({passed('orders', 'f')}) AS fs, 1 + ({passed('revenue', 'm')}) AS ms, "
                "count(*), sum(orders)::BIGINT, sum(revenue) FROM customers, quantiles "
                "GROUP BY rs, fs, ms")

    @property
    def rfm(self):
        """Repeats have the same user, day and revenue, so keeping any of them is right."""
        return {name: self.scores(orders) for name, orders in {
            "distinct on the id": "SELECT DISTINCT ON (tx) usr, day, revenue FROM orders",
            "group by id, then user":
                "SELECT any_value(usr) AS usr, any_value(day) AS day, "
                "any_value(revenue) AS revenue FROM orders GROUP BY tx",
            "sorted rows":
                "SELECT usr, day, revenue FROM (SELECT *, lag(tx) OVER () AS ptx FROM orders) "
                "WHERE ptx IS NULL OR tx <> ptx",
        }.items()}

    @staticmethod
    def latest_starts():
        """For every event of a step the latest start of a path that comes to it, step by step."""
        names = ", ".join(f"'{name}'" for name in schema.FUNNEL)
        sql = (f"SELECT usr, ts, name, CASE WHEN name = '{schema.FUNNEL[0]}' THEN ts END AS s0 "
               f"FROM events WHERE name IN ({names})")
        over = ("OVER (PARTITION BY usr ORDER BY ts "
                "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)")
        for step, name in enumerate(schema.FUNNEL[1:], 1):
            start = f"max(s{step - 1}) {over}"
            sql = (f"SELECT * EXCLUDE (start), CASE WHEN name = '{name}' AND "
                   f"ts - start <= {schema.FUNNEL_MICROSECONDS} THEN start END AS s{step} "
                   f"FROM (SELECT *, {start} AS start FROM ({sql}))")
        levels = " + ".join(f"(max(s{step}) IS NOT NULL)::INTEGER"
                            for step in range(len(schema.FUNNEL)))
        return f"SELECT level, count(*) FROM (SELECT usr, {levels} AS level FROM ({sql}) " \
               "GROUP BY usr) GROUP BY level"

    @property
    def funnel(self):
        return {"latest start by window": self.latest_starts()}

    def variants(self, task):
        """The formulations of `task` by name: what is timed, and what makes its answer."""
        if task.startswith("read"):
            return {"typed": (getattr(self, task), getattr(self, task + "_answer"))}
        queries = getattr(self, task)

        def answer(rows):
            if task == "funnel":
                return schema.funnel(rows)
            if task == "rfm":
                return schema.scores(rows)
            if task != "fact_table":
                return rows
            return [row[:4] + [n or 0 for n in row[4:]] for row in schema.facts(rows)]

        return {name: (lambda sql=sql: self.rows(sql), answer) for name, sql in queries.items()}
