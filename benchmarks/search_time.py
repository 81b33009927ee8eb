"""How much faster the search answers with its indexes than by a plain scan.

    uv run python benchmarks/search_time.py [PROJECT] [--documents N] [--searches N]

PROJECT is a project rendered with `search=pgvector`, with its environment; without it
one is rendered and installed. 100,000 documents of words from a long-tailed vocabulary
get vectors in clusters, as embeddings have them. Each search gives one or two words
that stand in one to six of a hundred documents, and a vector near a cluster. The same
statement runs with the indexes and without them, in turns. The median ratio is printed,
and how many of the ten best hits are the same: the vector index is approximate.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from api_throughput import environment, package_of, python_of, rendered

DOCUMENTS = 100_000
WANTED_RATIO = 0.2
WANTED_SAME = 0.8

# Run by the project's interpreter, on a database that is thrown away.
PROGRAM = '''
import asyncio, statistics, sys, time
from pydantic import SecretStr
from sqlalchemy import text
from {package}.core.settings import get_settings
from {package}.db.database import open_database
from {package}.db.development import development_database
from {package}.documents.listing import DocumentFilter
from {package}.search.index import PgVectorIndex
from {package}.search.interface import Wanted
from {package}.search.rows import Meaning

FILL = """
SET LOCAL statement_timeout = 0;
SET LOCAL maintenance_work_mem = '1GB';
SELECT setseed(0.42);
DROP INDEX ix_document_search_embedding;
CREATE TEMP TABLE centre AS
  SELECT n, (SELECT array_agg(random() - 0.5) FROM generate_series(1, 384) WHERE n = n)
    ::vector AS place FROM generate_series(0, 999) AS n;
CREATE TEMP TABLE fresh AS
  SELECT n, gen_random_uuid() AS id,
    (SELECT string_agg('word' || (1 + floor(5000 * random() ^ 3))::int, ' ')
     FROM generate_series(1, 60) WHERE n = n) AS text
  FROM generate_series(1, {documents}) AS n;
INSERT INTO documents (id, source, title, text, status, version, created_at, updated_at)
  SELECT id, 'https://example.com', 'Document ' || n, text, 'ready', 1, now(), now()
  FROM fresh;
INSERT INTO document_search
    (document_id, words, language, checksum, embedding, model, indexed_at)
  SELECT id, to_tsvector('english', text), 'english', '',
    place + (SELECT array_agg((random() - 0.5) * 0.8) FROM generate_series(1, 384)
             WHERE fresh.n = fresh.n)::vector, 'benchmark', now()
  FROM fresh JOIN centre ON centre.n = fresh.n % 1000;
CREATE INDEX ix_document_search_embedding ON document_search
  USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 64);
ANALYZE documents;
ANALYZE document_search;
CREATE TABLE benchmark_query AS
  SELECT n, 'word' || (n * 37 % 1000 + 50)
    || CASE n % 2 WHEN 0 THEN '' ELSE ' word' || (n * 53 % 300 + 50) END AS words,
    place + (SELECT array_agg((random() - 0.5) * 0.8) FROM generate_series(1, 384)
             WHERE n = n)::vector AS place
  FROM centre LIMIT {searches};
"""
PLAIN = (
    "SET LOCAL enable_indexscan = off", "SET LOCAL enable_bitmapscan = off",
    "SET LOCAL enable_indexonlyscan = off", "SET LOCAL statement_timeout = 0",
)

async def search(database, index, wanted, before=()):
    async with database.unit_of_work() as uow:
        for line in before:
            await uow.session.execute(text(line))
        began = time.perf_counter()
        found = await index.find(uow.session, wanted)
        return time.perf_counter() - began, [row.id for row in found]

async def measure(settings):
    index = PgVectorIndex(language="english", candidates=100, max_distance=0.8)
    async with open_database(settings, service="benchmark") as database:
        began = time.perf_counter()
        async with database.engine.begin() as connection:
            for statement in FILL.split(";\\n")[:-1]:
                await connection.execute(text(statement))
        elapsed = time.perf_counter() - began
        print(f"filled and indexed in {{elapsed:.0f}} s", flush=True)
        async with database.engine.begin() as connection:
            rows = (await connection.execute(
                text("SELECT words, place::text FROM benchmark_query ORDER BY n")
            )).all()
        fast, slow, same = [], [], []
        for words, place in rows:
            vector = [float(part) for part in place.strip("[]").split(",")]
            wanted = Wanted(words, Meaning(vector, "benchmark"), DocumentFilter(), 10)
            await search(database, index, wanted)  # warms the connection and the cache
            seconds, ids = await search(database, index, wanted)
            seconds_plain, ids_plain = await search(database, index, wanted, PLAIN)
            fast.append(seconds), slow.append(seconds_plain)
            same.append(len(set(ids) & set(ids_plain)) / max(len(ids_plain), 1))
        return fast, slow, same

settings = get_settings()
with development_database(settings) as url:
    there = settings.model_copy(update={{"database_url": SecretStr(url)}})
    fast, slow, same = asyncio.run(measure(there))
print(f"with the indexes {{statistics.median(fast) * 1000:8.1f}} ms")
print(f"plain scan       {{statistics.median(slow) * 1000:8.1f}} ms")
ratio = statistics.median(a / b for a, b in zip(fast, slow))
print(f"ratio            {{ratio:8.2f}}   (wanted: at most {wanted_ratio})")
print(f"same best hits   {{statistics.mean(same):8.2f}}   (wanted: {wanted_same})")
sys.exit(ratio > {wanted_ratio} or statistics.mean(same) < {wanted_same})
'''


def main() -> int:
    """Measure and print; the exit code is 1 beyond the wanted figures."""
    parser = argparse.ArgumentParser(description="Measure the search.")
    parser.add_argument("project", nargs="?", type=Path)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--searches", type=int, default=40)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        project = chosen.project or rendered(scratch / "project", "search=pgvector")
        program = PROGRAM.format(
            package=package_of(project),
            documents=chosen.documents,
            searches=chosen.searches,
            wanted_ratio=WANTED_RATIO,
            wanted_same=WANTED_SAME,
        )
        command = [python_of(project.resolve()), "-c", program]
        variables = environment(scratch, LOG_LEVEL="ERROR")
        return subprocess.run(  # noqa: S603 - our own script
            command, check=False, cwd=project, env=variables
        ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
