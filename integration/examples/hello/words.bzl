"""Rules of this example: each turns text into a table of words with ordinary shell tools."""

def _run(ctx, inputs, mnemonic, command, message):
    output = ctx.actions.declare_file(ctx.label.name + ".tsv")
    ctx.actions.run_shell(
        outputs = [output],
        inputs = inputs,
        arguments = [output.path] + [f.path for f in inputs],
        mnemonic = mnemonic,
        progress_message = message,
        command = "set -eu; out=$1; shift; " + command,
    )
    return [DefaultInfo(files = depset([output]))]

def _words_impl(ctx):
    command = "for pass in $(seq %d); do cat \"$@\"; done | tr -cs '[:alpha:]' '\\n' | tr '[:upper:]' '[:lower:]' > $out" % ctx.attr.passes
    return _run(ctx, ctx.files.src, "SplitWords", command, "Splitting " + ctx.label.name)

words = rule(
    implementation = _words_impl,
    attrs = {"src": attr.label(allow_single_file = True), "passes": attr.int(default = 400)},
)

def _counts_impl(ctx):
    command = "sort \"$@\" | uniq -c | awk '{ print $2 \"\\t\" $1 }' > $out"
    return _run(ctx, ctx.files.src, "CountWords", command, "Counting " + ctx.label.name)

counts = rule(implementation = _counts_impl, attrs = {"src": attr.label()})

def _merge_impl(ctx):
    command = "awk -F'\\t' '{ n[$1] += $2 } END { for (w in n) print w \"\\t\" n[w] }' \"$@\" | sort > $out"
    return _run(ctx, ctx.files.srcs, "MergeCounts", command, "Merging " + ctx.label.name)

merge = rule(implementation = _merge_impl, attrs = {"srcs": attr.label_list()})

def chapter(name):
    words(name = name + "_words", src = "chapters/%s.txt" % name)
    counts(name = name + "_counts", src = ":%s_words" % name)

def _top_word_test_impl(ctx):
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    table = ctx.file.src
    ctx.actions.write(
        output = script,
        is_executable = True,
        content = """#!/bin/sh
first=$(head -n 1 %s | cut -f1)
[ "$first" = %s ] || { echo "the most frequent word is '$first', expected '%s'"; exit 1; }
""" % (table.short_path, ctx.attr.word, ctx.attr.word),
    )
    return [DefaultInfo(executable = script, runfiles = ctx.runfiles(files = [table]))]

top_word_test = rule(
    implementation = _top_word_test_impl,
    attrs = {"src": attr.label(allow_single_file = True), "word": attr.string()},
    test = True,
)
