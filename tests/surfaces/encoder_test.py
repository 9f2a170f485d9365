# SPDX-License-Identifier: Apache-2.0
"""What becomes of columns: hashed categories, free text, crosses, what is left out, classes and their weights, --explain-input."""

import csv
import io
import json

import surface

WORDS = ("good", "great", "fine", "bad", "awful", "long")


class Encoder(surface.Surface):
    def reviews(self, name="reviews.csv", rows=240):
        """An id, a text of a few words, a city of many, two numbers and a class that the words tell."""
        lines = ["nr,review,city,age,stars,liked"]
        for i in range(rows):
            words = [WORDS[(i * k + i // 7) % len(WORDS)] for k in range(1, 2 + i % 4)]
            liked = sum(w in ("good", "great") for w in words) > sum(w in ("bad", "awful") for w in words)
            lines.append(f"{i + 1},{' '.join(words)} {i},c{i * i % 90},{18 + i * 37 % 60},{1 + i % 5},{'yes' if liked else 'no'}")
        return self.write(name, "\n".join(lines) + "\n")

    def explained(self, *words, **more):
        return json.loads(self.fallline("train", *words, "--explain-input", "--json", **more).stdout)

    def column(self, told, name):
        return next(column for column in told["columns"] if column["name"] == name)

    def predictions(self, model, data):
        return list(csv.DictReader(io.StringIO(self.fallline("predict", model, data).stdout)))


class ExplainInput(Encoder):
    def test_tells_every_column_and_writes_nothing(self):
        data = self.reviews()
        told = self.explained(data, "--target", "liked", "--ignore", "stars")
        self.assertEqual(told["classes"], ["no", "yes"])
        self.assertEqual([c["name"] for c in told["columns"]], ["nr", "review", "city", "age"])
        self.assertEqual(self.column(told, "nr")["left_out"], "counts the rows")
        self.assertIn("free text", self.column(told, "review")["left_out"])
        self.assertEqual([(c["name"], c["role"]) for c in told["other_columns"]], [("stars", "ignored"), ("liked", "target")])
        self.assertEqual(self.files(), ["reviews.csv"])

    def test_is_a_table_for_a_person(self):
        out = self.fallline("train", self.reviews(), "--target", "liked", "--explain-input").stdout
        for part in ("240 rows", "left out: counts the rows", "2 classes: no, yes, yes is positive"):
            self.assertIn(part, out)

    def test_says_what_show_says_of_the_model(self):
        data = self.reviews()
        words = [data, "--target", "liked", "--text", "review:bits=10,weights=tfidf", "--cross", "age*stars"]
        told = self.explained(*words)
        self.fallline("train", *words)
        shown = json.loads(self.fallline("show", "model.onnx", "--json").stdout)
        self.assertEqual(shown["columns"], told["columns"])
        self.assertEqual(shown["crosses"], [["age", "stars"]])


class Columns(Encoder):
    def test_row_numbers_and_ids_are_left_out_with_advice_and_may_be_kept(self):
        data = self.reviews()
        done = self.fallline("train", data, "--target", "liked", "--explain-input")
        self.assertIn("column 'nr' counts the rows and is left out", done.stderr)
        self.assertIn("--text review if it is prose", done.stderr)
        kept = self.explained(data, "--target", "liked", "--types", "nr=number")
        self.assertIsNone(self.column(kept, "nr")["left_out"])

    def test_too_many_levels_offer_to_hash(self):
        lines = ["t,y"] + [f"v{i % 1200},{i % 2}" for i in range(3600)]
        data = self.write("many.csv", "\n".join(lines) + "\n")
        said = self.refused(5, "train", data, "--target", "y")
        self.assertIn("1,200 distinct values", said)
        self.assertIn("--categories t=hash:18", said)
        done = self.fallline("train", data, "--target", "y", "--categories", "hash:8", "--epochs", "2", "--steps", "2")
        self.assertRegex(done.stderr, r"column 't' is hashed: 1,200 levels fall into 2\^8 = 256 features, 1,\d+ of them")

    def test_predictions_take_columns_in_any_order_and_one_note_for_the_rest(self):
        data = self.reviews()
        self.fallline("train", data, "--target", "liked", "--text", "review:bits=9", "--categories", "city=hash:5", "--l2", "0.01")
        plain = self.predictions("model.onnx", data)
        rows = list(csv.reader(io.StringIO(data.read_text())))
        turned = self.write("turned.csv", "\n".join(",".join(["x", *reversed(row)]) for row in rows) + "\n")
        again = self.fallline("predict", "model.onnx", turned)
        self.assertEqual(list(csv.DictReader(io.StringIO(again.stdout))), plain)
        self.assertEqual(again.stderr.count("not used by the model"), 1)
        self.assertEqual(len(plain), 240)

    def test_unseen_and_missing_cells_have_an_answer(self):
        self.fallline("train", self.reviews(), "--target", "liked", "--text", "review:bits=9", "--l2", "0.01", "--log", "quiet")
        asked = self.write("asked.csv", "review,city,age,stars\nnever said,nowhere,,\n,,30,2\n")
        self.assertEqual(len(self.predictions("model.onnx", asked)), 2)
        self.assertIn("review", self.refused(5, "predict", "model.onnx", self.write("short.csv", "city,age,stars\nc1,3,4\n")))

    def test_hashing_is_fitted_and_encoded_alike_for_any_number_of_threads(self):
        data = self.reviews()
        for threads in ("1", "3"):
            words = ["--text", "review:weights=tfidf", "--cross", "age*stars", "--l2", "0.1", "--threads", threads]
            self.fallline("train", data, "--target", "liked", *words, "--out", f"m{threads}.onnx", "--log", "quiet")
        self.assertEqual((self.folder / "m1.onnx").read_bytes(), (self.folder / "m3.onnx").read_bytes())

    def test_crosses_learn_what_columns_alone_cannot(self):
        lines = ["a,b,y"] + [f"{a},{b},{'odd' if (a == 'u') != (b == 'v') else 'even'}" for a in "uw" for b in "vz" for _ in range(30)]
        data = self.write("xor.csv", "\n".join(lines) + "\n")
        self.fallline("train", data, "--target", "y", "--l2", "0.001", "--log", "quiet")
        alone = json.loads(self.fallline("evaluate", "model.onnx", data, "--json").stdout)
        self.fallline("train", data, "--target", "y", "--l2", "0.001", "--cross", "a*b", "--log", "quiet")
        crossed = json.loads(self.fallline("evaluate", "model.onnx", data, "--json").stdout)
        self.assertLess(alone["accuracy"], 0.8)
        self.assertEqual(crossed["accuracy"], 1)

    def test_coefficients_of_crosses_are_those_of_the_raw_product(self):
        lines = ["a,b,y"] + [f"{a},{b},{3 + 2 * a - b + 0.5 * a * b}" for a in range(7) for b in range(10, 16)]
        self.fallline(
            "train", self.write("product.csv", "\n".join(lines) + "\n"), "--target", "y", "--cross", "a*b", "--precision", "double"
        )
        rows = csv.DictReader(io.StringIO(self.fallline("show", "model.onnx", "--csv").stdout))
        found = {row["feature"]: float(row["coefficient"]) for row in rows}
        for name, expected in {"(intercept)": 3, "a": 2, "b": -1, "a x b": 0.5}.items():
            self.assertAlmostEqual(found[name], expected, places=2)


class Options(Encoder):
    def test_faults_are_told_before_any_data_is_read(self):
        for words, part in (
            (("--categories", "hash:40"), "BITS from 1 to 28"),
            (("--text", "review:weights=bm25"), "weights=binary|tfidf"),
            (("--cross", "age"), "two column names with a * between"),
            (("--class-weight", "yes=-1"), "a number above 0"),
            (("--class-weight", "balanced,yes=2"), "either balanced or"),
            (("--rare", "0"), "--rare"),
        ):
            self.assertIn(part, self.refused(2, "train", "nothing.csv", "--target", "y", *words))

    def test_the_run_directory_remembers_them(self):
        data = self.reviews()
        words = ["--text", "review:bits=7,weights=tfidf", "--cross", "age*stars", "--categories", "city=hash:4", "--l2", "0.1"]
        self.fallline("train", data, "--target", "liked", *words, "--run", "run", "--log", "quiet")
        first = (self.folder / "model.onnx").read_bytes()
        self.fallline("train", data, "--config", "run/config.json", "--log", "quiet")
        self.assertEqual((self.folder / "model.onnx").read_bytes(), first)


class Labels(Encoder):
    def test_the_positive_class_is_the_second_everywhere(self):
        data = self.two_classes()
        self.fallline("train", data, "--target", "pet", "--log", "quiet", "--l2", "0.01")
        plain = json.loads(self.fallline("show", "model.onnx", "--json").stdout)
        auc = json.loads(self.fallline("evaluate", "model.onnx", data, "--json").stdout)["auc"]
        self.fallline("train", data, "--target", "pet", "--positive", "cat", "--log", "quiet", "--l2", "0.01")
        turned = json.loads(self.fallline("show", "model.onnx", "--json").stdout)
        self.assertEqual((plain["classes"], turned["classes"]), (["cat", "dog"], ["dog", "cat"]))
        one = {c["feature"]: c["coefficient"] for c in plain["scores"][0]["coefficients"]}
        two = {c["feature"]: c["coefficient"] for c in turned["scores"][0]["coefficients"]}
        self.assertAlmostEqual(one["weight"], -two["weight"], places=4)
        self.assertEqual(next(iter(self.predictions("model.onnx", data)[0])), "prediction")
        self.assertAlmostEqual(json.loads(self.fallline("evaluate", "model.onnx", data, "--json").stdout)["auc"], auc, places=6)

    def test_labels_of_every_kind_are_classes(self):
        for labels in (("0", "1"), ("-1", "+1"), ("yes", "no"), ("1.0", "2.0")):
            data = self.write("labels.csv", "x,y\n" + "".join(f"{i},{labels[i % 3 == 0]}\n" for i in range(40)))
            told = self.explained(data, "--target", "y")
            self.assertEqual((told["task"], len(told["classes"])), ("classification", 2))

    def test_class_weights_move_the_balance_and_are_remembered(self):
        data = self.write("rare.csv", "x,y\n" + "".join(f"{i % 13},{'rare' if i % 10 == 0 else 'usual'}\n" for i in range(400)))
        self.fallline("train", data, "--target", "y", "--log", "quiet")
        before = self.predictions("model.onnx", data)
        done = self.fallline("train", data, "--target", "y", "--class-weight", "balanced")
        self.assertIn("the classes weigh rare 5, usual 0.555556", done.stderr)
        after = self.predictions("model.onnx", data)
        self.assertGreater(sum(float(r["p_rare"]) for r in after), 3 * sum(float(r["p_rare"]) for r in before))
        trained = json.loads(self.fallline("show", "model.onnx", "--json").stdout)["trained"]
        self.assertEqual(trained["class_weight"]["rare"], 5)
        self.assertIn("has no such class", self.refused(2, "train", data, "--target", "y", "--class-weight", "rar=2"))


if __name__ == "__main__":
    surface.main()
