# SPDX-License-Identifier: Apache-2.0
"""train --online: rows of a stream that need not end, each predicted before it is learnt; stopped, killed and gone on with."""

import contextlib
import json
import os
import random
import signal
import subprocess
import threading
import time

import surface


def rows(count, first=0):
    """Lines of a table in which y follows x0 and the colour, most of the time."""
    lines = []
    for i in range(first, first + count):
        draw = random.Random(i)
        x0, x1, noise = draw.gauss(0, 1), draw.gauss(5, 2), draw.gauss(0, 0.3)
        colour = draw.choice(("red", "green", "blue"))
        y = "yes" if x0 + (0.8 if colour == "red" else -0.2) + noise > 0 else "no"
        lines.append(f"{x0:.5f},{x1:.5f},{colour},{y}\n")
    return lines


HEADER = "x0,x1,colour,y\n"


class Online(surface.Surface):
    def begin(self, *words):
        return subprocess.Popen(
            [self.binary, "train", "-", "--online", "--target", "y", *words],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def online(self, text, *words, **more):
        return self.fallline("train", "-", "--online", "--target", "y", *words, stdin=text, **more)

    def test_tells_the_loss_of_predictions_and_writes_a_model(self):
        text = HEADER + "".join(rows(3000))
        done = self.online(text, "--json", "--run", "run")
        result = json.loads(done.stdout)
        self.assertEqual((result["outcome"], result["rows"], result["epochs"], result["steps"]), ("budget", 3000, 1, 3000))
        self.assertIsNone(result["train_loss"])
        self.assertLess(result["progressive_loss"], 0.45)
        self.assertGreater(result["progressive_accuracy"], 0.8)
        self.assertIn("stream ended", result["why"])
        for row in (1, 2, 4, 8, 1024, 2048):
            self.assertIn(f"row {row:,}  progressive loss", done.stderr)
        history = (self.folder / "run/history.csv").read_text().splitlines()
        self.assertTrue(history[0].startswith("rows_seen,step,learning_rate,progressive_loss,progressive_accuracy,recent_loss"))
        self.assertEqual([int(line.split(",")[0]) for line in history[1:]], [2**k for k in range(12)] + [3000])
        self.assertAlmostEqual(float(history[-1].split(",")[3]), result["progressive_loss"])
        self.write("test.csv", HEADER + "".join(rows(2000, first=100_000)))
        judged = json.loads(self.fallline("evaluate", "model.onnx", "test.csv", "--json").stdout)
        self.assertGreater(judged["accuracy"], 0.85)

    def test_the_first_row_is_predicted_by_a_model_that_knows_nothing(self):
        done = self.online(HEADER + "".join(rows(50)), "--log", "json")
        first = next(json.loads(line) for line in done.stderr.splitlines() if '"progress"' in line)
        self.assertEqual((first["rows"], first["step"]), (1, 1))
        self.assertAlmostEqual(first["progressive_loss"], 0.693147, places=5)

    def test_the_same_bytes_however_they_arrive(self):
        text = HEADER + "".join(line if i % 7 else f'{i},"2",  "re""d\n", yes\n' for i, line in enumerate(rows(1500)))
        whole = self.write("whole.csv", text)
        self.fallline("train", whole, "--online", "--target", "y", "--out", "a.onnx", "--first-rows", 200, "--threads", 1)
        for name, threads in (("b.onnx", "2"), ("c.onnx", "3")):
            process = self.begin("--out", name, "--first-rows", "200", "--threads", threads)
            draw = random.Random(name)
            at = 0
            while at < len(text):
                size = draw.choice((1, 3, 50, 4000))
                process.stdin.write(text[at : at + size].encode())
                process.stdin.flush()
                at += size
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0)
            self.assertEqual(self.bytes_of("a.onnx"), self.bytes_of(name))

    def test_a_row_that_comes_slowly_is_learnt_when_it_comes(self):
        process = self.begin("--first-rows", "8", "--log", "json")
        process.stdin.write((HEADER + "".join(rows(8))).encode())
        process.stdin.flush()
        seen = []
        for line in process.stderr:
            record = json.loads(line)
            if record["kind"] == "progress":
                seen.append(record["rows"])
                if record["rows"] in (8, 9, 10, 11, 12, 13, 14, 15):
                    break
        for line in rows(8, first=8):  # the sixteenth is told although the stream stands open
            process.stdin.write(line.encode())
            process.stdin.flush()
        self.assertEqual(json.loads(process.stderr.readline())["rows"], 16)
        self.assertIsNone(process.poll())
        process.communicate(timeout=60)
        self.assertEqual((process.returncode, seen), (0, [1, 2, 4, 8]))

    def endless(self, process):
        """Feeds the process until its pipe breaks."""

        def feed():
            try:
                process.stdin.write(HEADER.encode())
                block = "".join(rows(5000)).encode()
                while True:
                    process.stdin.write(block)
            except (BrokenPipeError, ValueError):
                pass

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        return feeder

    def resident_kilobytes(self, process):
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def wait_for_rows(self, process, least):
        for line in process.stderr:
            record = json.loads(line)
            if record["kind"] == "progress" and record["rows"] >= least:
                return
        self.fail("the stream was not learnt")

    def test_an_endless_stream_is_stopped_by_a_signal_and_leaves_a_model(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            process = self.begin("--run", "run", "--json", "--log", "json", "--memory", "256M")
            feeder = self.endless(process)
            self.wait_for_rows(process, 65_536)
            before = self.resident_kilobytes(process)
            self.wait_for_rows(process, 393_216)
            if not self.sanitizers():
                self.assertLess(self.resident_kilobytes(process) - before, 8 * 1024)
            process.send_signal(sent)
            said = process.stdout.read()
            process.stderr.read()
            self.assertEqual(process.wait(timeout=60), 130)
            feeder.join()
            for pipe in (process.stdout, process.stderr):
                pipe.close()
            result = json.loads(said)
            self.assertEqual(result["outcome"], "interrupted")
            self.assertGreaterEqual(result["rows"], 393_216)
            self.assertTrue((self.folder / "model.onnx").exists())
            self.assertTrue((self.folder / "run/model.onnx").exists())
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()

    def test_a_stopped_run_that_waits_for_rows_stops_too(self):
        process = self.begin("--first-rows", "4", "--log", "json")
        process.stdin.write((HEADER + "".join(rows(4))).encode())
        process.stdin.flush()
        self.wait_for_rows(process, 4)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=20), 130)
        process.communicate()
        self.assertTrue((self.folder / "model.onnx").exists())

    def test_stopped_while_the_first_rows_are_awaited_learns_those_that_came(self):
        for count in (0, 1, 50):
            process = self.begin("--json", "--run", "run")
            process.stdin.write((HEADER + "".join(rows(count))).encode())
            process.stdin.flush()
            time.sleep(0.5)  # longer than a start takes
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 130, said)
            if count == 50:
                self.assertEqual((json.loads(said[0])["rows"], json.loads(said[0])["outcome"]), (50, "interrupted"))
                self.assertTrue((self.folder / "model.onnx").exists())
            else:
                self.assertIn(b"first rows were awaited", said[1])
                self.assertFalse((self.folder / "model.onnx").exists())
        more = HEADER + "".join(rows(150, first=50))
        self.assertEqual(json.loads(self.fallline("train", "-", "--resume", "run", "--json", stdin=more).stdout)["rows"], 200)

    def test_goes_on_as_if_nothing_had_happened(self):
        for words in ((), ("--batch-size", "32"), ("--optimizer", "adam", "--average", "ema", "--l1", "1e-4")):
            self.online(HEADER + "".join(rows(2000)), *words, "--out", "whole.onnx", "--first-rows", "300")
            self.online(HEADER + "".join(rows(1001)), *words, "--run", "run", "--steps", "31", "--first-rows", "300")
            done = json.loads((self.folder / "run/config.json").read_text())
            self.assertTrue(done["online"])
            seen = 31 * (32 if words[:1] == ("--batch-size",) else 1)
            more = HEADER + "".join(rows(2000 - seen, first=seen))
            said = self.fallline("train", "--resume", "run", "--steps", 10**9, "--json", "--out", "on.onnx", stdin=more)
            self.assertEqual(json.loads(said.stdout)["rows"], 2000)
            self.assertIn(f"goes on after row {seen:,}", said.stderr)
            self.assertEqual(self.bytes_of("whole.onnx"), self.bytes_of("on.onnx"))
            history = [line.split(",")[0] for line in (self.folder / "run/history.csv").read_text().splitlines()]
            self.assertEqual(history, sorted(set(history), key=lambda x: (x != "rows_seen", len(x), x)))

    def test_stopped_in_the_middle_of_a_batch_goes_on_in_it(self):
        words = ("--batch-size", "32", "--first-rows", "40")
        self.online(HEADER + "".join(rows(1000)), *words, "--out", "whole.onnx")
        process = self.begin(*words, "--run", "run", "--log", "json")
        process.stdin.write((HEADER + "".join(rows(77))).encode())
        process.stdin.flush()
        self.wait_for_rows(process, 64)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        done = self.fallline("train", "-", "--resume", "run", "--out", "on.onnx", stdin=HEADER + "".join(rows(1000 - 77, first=77)))
        self.assertIn("goes on after row 77,", done.stderr)
        self.assertEqual(self.bytes_of("whole.onnx"), self.bytes_of("on.onnx"))

    def test_killed_loses_at_most_what_came_after_the_newest_checkpoint(self):
        self.online(HEADER + "".join(rows(3000)), "--out", "whole.onnx", "--first-rows", "100")
        process = self.begin("--run", "run", "--checkpoint-every", "50", "--first-rows", "100", "--log", "json")
        process.stdin.write((HEADER + "".join(rows(1234))).encode())
        process.stdin.flush()
        self.wait_for_rows(process, 1024)
        process.kill()
        process.communicate()
        self.assertEqual(process.returncode, -signal.SIGKILL)
        probe = self.fallline("train", "-", "--resume", "run", "--json", stdin=HEADER)  # no more rows: where it stands
        seen = json.loads(probe.stdout)["rows"]
        self.assertIn(f"goes on after row {seen:,},", probe.stderr)
        self.assertGreaterEqual(seen, 1000)
        self.assertEqual(seen % 50, 0)
        self.fallline("train", "-", "--resume", "run", "--out", "on.onnx", stdin=HEADER + "".join(rows(3000 - seen, first=seen)))
        self.assertEqual(self.bytes_of("whole.onnx"), self.bytes_of("on.onnx"))

    def test_a_bad_cell_is_told_by_line_and_what_came_before_is_kept(self):
        lines = rows(500)
        lines[399] = "0.1,oops,red,yes\n"
        said = self.refused(
            5, "train", "-", "--online", "--target", "y", "--run", "run", "--first-rows", 100, stdin=HEADER + "".join(lines)
        )
        for part in ("stdin:401", "'x1'", "'oops'", "not a number"):
            self.assertIn(part, said)
        self.assertFalse((self.folder / "model.onnx").exists())
        more = HEADER + "".join(rows(100, first=399))
        done = self.fallline("train", "-", "--resume", "run", "--json", "--out", "on.onnx", stdin=more)
        self.assertEqual(json.loads(done.stdout)["rows"], 499)
        self.online(HEADER + "".join(rows(499)), "--first-rows", "100", "--out", "whole.onnx")
        self.assertEqual(self.bytes_of("whole.onnx"), self.bytes_of("on.onnx"))

    def test_a_class_that_the_first_rows_did_not_have_is_told_by_line(self):
        lines = rows(300)
        lines[250] = "0.1,2,red,maybe\n"
        text = HEADER + "".join(lines)
        said = self.refused(5, "train", "-", "--online", "--target", "y", "--first-rows", 100, stdin=text)
        self.assertIn("line 252 of stdin", said)
        self.assertIn("'maybe'", said)
        alone = [line for line in rows(300) if line.endswith(",no\n")]
        said = self.refused(5, "train", "-", "--online", "--target", "y", "--first-rows", 20, stdin=HEADER + "".join(alone))
        self.assertIn("--first-rows", said)
        missing = HEADER + "".join(rows(20)) + "1,2,red,\n"
        said = self.refused(5, "train", "-", "--online", "--target", "y", "--first-rows", 10, stdin=missing)
        self.assertIn("line 22 of stdin", said)

    def test_levels_that_come_later_are_taken_as_predict_takes_them(self):
        more = "".join(f"-1,1,violet,{('yes', 'no')[i % 50 == 0]}\n" for i in range(500))
        self.online(HEADER + "".join(rows(200)) + more + ",1,,no\n", "--first-rows", "100")
        shown = self.fallline("show", "model.onnx", "--csv").stdout.splitlines()
        other = next(line for line in shown if line.startswith("colour other,"))
        self.assertGreater(float(other.split(",")[1]), 0.5)  # learnt, though no level had it at first

    def test_a_rate_that_diverges_ends_the_run_without_a_model(self):
        text = "a,y\n" + "".join(f"{i % 7},{i % 5}.5\n" for i in range(500))
        done = self.fallline(
            "train", "-", "--online", "--target", "y", "--optimizer", "sgd", "--learning-rate", "100", "--json", stdin=text, code=3
        )
        self.assertEqual(json.loads(done.stdout)["outcome"], "diverged")
        self.assertFalse((self.folder / "model.onnx").exists())

    def test_goes_on_from_a_model_with_its_columns(self):
        self.write("old.csv", HEADER + "".join(rows(500)))
        self.fallline("train", "old.csv", "--target", "y", "--out", "old.onnx")
        process = self.begin("--init-from", "old.onnx", "--learning-rate", "0.05", "--log", "json", "--json")
        turned = [",".join((c[2], c[3], c[0], c[1])) + "\n" for c in (line.strip().split(",") for line in rows(2, first=900))]
        process.stdin.write(("colour,y,x0,x1\n" + "".join(turned)).encode())
        process.stdin.flush()
        self.wait_for_rows(process, 2)  # nothing is waited for but the rows themselves
        said, _ = process.communicate(timeout=60)
        self.assertEqual(json.loads(said)["rows"], 2)
        refused = self.refused(5, "train", "-", "--online", "--init-from", "old.onnx", stdin="x0,colour,y\n1,red,yes\n2,red,no\n")
        self.assertIn("'x1'", refused)
        self.refused(2, "train", "-", "--online", "--init-from", "old.onnx", "--target", "x0", stdin=HEADER + rows(1)[0])

    def test_a_named_pipe_and_libsvm(self):
        pipe = self.folder / "rows.svm"
        os.mkfifo(pipe)
        lines = []
        for i in range(4000):
            draw = random.Random(i)
            picked = sorted({int(draw.expovariate(0.02)) + 1 for _ in range(6)})
            label = 1 if sum(picked) % 2 else -1
            lines.append(f"{label} " + " ".join(f"{k}:1" for k in picked) + "\n")
        writer = threading.Thread(target=lambda: pipe.write_text("".join(lines)))
        writer.start()
        result = json.loads(self.fallline("train", pipe, "--online", "--json", "--first-rows", 100).stdout)
        writer.join()
        largest = max(int(line.split()[-1].split(":")[0]) for line in lines)
        self.assertEqual((result["rows"], result["features"]), (4000, largest))
        said = self.refused(5, "train", "-", "--online", "--format", "libsvm", stdin="".join(lines[:2000]) + "1 3:x\n")
        self.assertIn("stdin:2001", said)
        for width in (200, 500):
            narrow = ("--online", "--format", "libsvm", "--first-rows", 10, "--width", width)
            self.assertIn(f"above {width}", self.fallline("train", "-", *narrow, stdin="".join(lines[:3000]) + "1 600:1\n").stderr)

    def test_weights_count_in_progressive_loss_too_and_do_not_depend_on_the_pieces(self):
        lines = [line.strip() + f",{i % 3}\n" for i, line in enumerate(rows(900))]
        text = "x0,x1,colour,y,w\n" + "".join(lines)
        words = ("--weight", "w", "--class-weight", "yes=2,no=0.5", "--first-rows", "100")
        whole = json.loads(self.online(text, *words, "--json", "--out", "a.onnx").stdout)
        process = self.begin(*words, "--json", "--out", "b.onnx")
        for line in text.splitlines(keepends=True):
            process.stdin.write(line.encode())
            process.stdin.flush()
        pieces = json.loads(process.communicate(timeout=60)[0])
        self.assertEqual(whole["progressive_loss"], pieces["progressive_loss"])
        self.assertEqual(self.bytes_of("a.onnx"), self.bytes_of("b.onnx"))

    def test_numbers_and_networks(self):
        lines = []
        for i in range(3000):
            draw = random.Random(i)
            a, b = draw.uniform(-2, 2), draw.uniform(-2, 2)
            lines.append(f"{a:.4f},{b:.4f},{1000 + 300 * abs(a) - 50 * b:.3f}\n")
        text = "a,b,y\n" + "".join(lines)
        flat = json.loads(self.online(text, "--json").stdout)
        deep = json.loads(self.online(text, "--json", "--hidden", "16").stdout)
        self.assertLess(deep["progressive_rmse"], 0.6 * flat["progressive_rmse"])
        several = "a,b,y,z\n" + "".join(f"{line.strip()},{i % 7}\n" for i, line in enumerate(lines))
        both = json.loads(
            self.fallline("train", "-", "--online", "--target", "y,z", "--task", "regression", "--json", stdin=several).stdout
        )
        self.assertGreater(both["progressive_rmse"], 0)

    def test_refuses_by_name_what_needs_an_end(self):
        text = HEADER + "".join(rows(20))
        for words, name in (
            (("--epochs", "2"), "--epochs"),
            (("--validation", "0.2"), "--validation"),
            (("--shuffle-window", "10"), "--shuffle-window"),
            (("--restarts", "3"), "--restarts"),
            (("--tolerance", "1e-3"), "--tolerance"),
            (("--batch-size", "full"), "--batch-size"),
            (("--optimizer", "l-bfgs"), "l-bfgs"),
            (("--optimizer", "svrg"), "svrg"),
            (("--schedule", "cosine"), "cosine"),
            (("--schedule", "plateau"), "plateau"),
            (("--class-weight", "balanced"), "--class-weight"),
            (("--explain-input",), "--explain-input"),
            (("--encoding", "utf-16"), "UTF-16"),
            (("--format", "parquet"), "Parquet"),
        ):
            said = self.refused(2, "train", "-", "--online", "--target", "y", *words, stdin=text)
            self.assertIn(name, said)
        self.online(text, "--schedule", "cosine", "--steps", "10")
        self.online(text, "--schedule", "inverse_time:rate=0.1", "--optimizer", "sgd")
        self.assertIn("--delimiter", self.refused(5, "train", "-", "--online", "--target", "y", stdin="sep=;\na;y\n1;2\n"))
        self.refused(5, "train", "-", "--online", "--target", "y", stdin="")
        self.refused(5, "train", "-", "--online", "--target", "y", stdin=HEADER)


if __name__ == "__main__":
    surface.main()
