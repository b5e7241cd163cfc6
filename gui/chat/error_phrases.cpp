// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/error_phrases.h"

#include <QCoreApplication>
#include <utility>

namespace gui {
namespace {

const char* const kPhrases[] = {
    QT_TRANSLATE_NOOP("EngineWords", "Reading the description"),
    QT_TRANSLATE_NOOP("EngineWords", "Reading the tokenizer"),
    QT_TRANSLATE_NOOP("EngineWords", "Reading weights"),
    QT_TRANSLATE_NOOP("EngineWords", "Copying weights to the GPU"),
    QT_TRANSLATE_NOOP("EngineWords", "Preparing the GPU"),
    QT_TRANSLATE_NOOP("EngineWords", "Ready"),
    QT_TRANSLATE_NOOP("EngineWords", "CPU, 1 thread, %1"),
    QT_TRANSLATE_NOOP("EngineWords", "CPU, %1 threads, %2"),
    QT_TRANSLATE_NOOP("EngineWords", "no vector instructions"),
    QT_TRANSLATE_NOOP("EngineWords", "Demo (bundled)"),
    QT_TRANSLATE_NOOP("EngineWords", "A small demo: knows Fireside, lists documents by page."),

    QT_TRANSLATE_NOOP("EngineWords", "No model is loaded."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the model computed no finite numbers: its weights are broken; download the "
                      "model again, or choose another one"),
    QT_TRANSLATE_NOOP("EngineWords", "%1 is a link to a file that is not there; download it again"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "There is not enough memory for this model. Choose a smaller one."),

    QT_TRANSLATE_NOOP("EngineWords", "'%1' is encrypted. Enter its password to read it."),
    QT_TRANSLATE_NOOP("EngineWords", "The password for '%1' is not right. Enter it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "The password for '%1' is too long to be one. Enter it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is not a readable PDF: its structure is broken. Download or export it "
                      "again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is incomplete: the end of the PDF is missing. Download or copy it "
                      "again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is not a PDF, although its name says so. Download it again, or rename "
                      "it to what it is."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is a PDF without pages. Download or export it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' has %2 pages, more than the %3 that Fireside reads. Split it and add "
                      "the parts you need."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' holds more than %2 of text, the most that Fireside reads from one "
                      "file. Split it and add the parts you need."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is %2, larger than the %3 that Fireside reads. Split it and add the "
                      "parts you need."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' needs more than the 1 GB of memory that its reader may use. Split it "
                      "and add the parts you need."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' has no text layer: its one page looks scanned. Recognise its text "
                      "first (OCR, for example with OCRmyPDF) and add the result."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' has no text layer: its %2 pages look scanned. Recognise its text first "
                      "(OCR, for example with OCRmyPDF) and add the result."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a zip-based file (Word, OpenDocument, EPUB or an archive); export "
                      "it as PDF or plain text and add that."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is an old Microsoft Office file; export it as PDF or plain text and "
                      "add that."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a rich-text (RTF) file; export it as PDF or plain text and add "
                      "that."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a picture; recognise its text first (OCR) and add the result."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a compressed archive; unpack it and add the files in it."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is a program; Fireside reads PDF and text files."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a sound or video file; Fireside reads PDF and text files."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is a database; Fireside reads PDF and text files."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' holds binary data, not text; Fireside reads PDF and text files."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is text in an encoding that Fireside does not recognise. Save it as "
                      "UTF-8 and add it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is in the encoding GB18030, for which this system has no converter. "
                      "Save it as UTF-8, or install libc-bin and the gconv modules of glibc."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' could not be read safely: %2. Open it in another program and save or "
                      "print it as a new PDF, then add that."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "reading it led to an action that is not allowed (it may be made to attack)"),
    QT_TRANSLATE_NOOP("EngineWords", "reading it took too much computing time"),
    QT_TRANSLATE_NOOP("EngineWords", "reading it took longer than %1 seconds"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the reader was stopped by the system (out of time or memory)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "its content crashed the reader (it is damaged, or made to attack)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the reader gave up (it is damaged, or needs too much memory)"),
    QT_TRANSLATE_NOOP("EngineWords", "the reader answered with invalid data"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' cannot be read: %2. Check the disk it is on and copy it again."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' cannot be read: %2. Check the disk it is on."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "Documents cannot be read safely on this system: the kernel offers no "
                      "seccomp (%1). Run Fireside outside the container, or allow seccomp there."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' was not found."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' was not found. It may have been moved or renamed."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' cannot be opened: %2. Check its permissions."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is a folder. Add the files in it instead."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is empty (0 bytes). Download or copy it again."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' holds no text, only blanks. Check that it is the file you meant."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' was changed while it was read. Add it again when it is complete."),

    QT_TRANSLATE_NOOP("EngineWords",
                      "the prompt has %1 tokens; the context holds %2, the answer included: "
                      "shorten the prompt (this model cannot hold more)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the prompt has %1 tokens; the context holds %2, the answer included: "
                      "shorten the prompt or, where memory allows, raise the context length (this "
                      "model goes up to %3)"),
    QT_TRANSLATE_NOOP("EngineWords", "max_model_len is %1 tokens; this model allows %2"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the model needs %1 for its weights and %2 of workspace, but %3 of memory "
                      "are available; close other programs or choose a smaller model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "a KV cache of %1 does not fit: %2 of %3 are left beside the weights and the "
                      "workspace; lower kv_cache_bytes, close other programs or choose a smaller "
                      "model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "a context of %1 tokens needs %2 of KV cache, but %3 are there for it; raise "
                      "kv_cache_bytes or lower max_model_len"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "a context of %1 tokens needs %2 of KV cache, but %3 are there for it; lower "
                      "max_model_len, close other programs or choose a smaller model"),

    QT_TRANSLATE_NOOP("EngineWords", "there is no folder %1; choose one that holds a model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 is a file; choose the folder that holds config.json and the weights"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 holds neither %2 nor %3; download the model's weights into it"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: the file %2 that the index names is missing; download it"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 holds its weights as %2 files; Fireside reads safetensors only, so get "
                      "that form of the model"),
    QT_TRANSLATE_NOOP("EngineWords", "tokenizer.json is missing; download it into the folder"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "its weights are %1; Fireside reads BF16, F16 and F32, so get an unquantised "
                      "form of the model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: the architecture '%2' (model type '%3') is not supported; Fireside runs "
                      "%4, for instance %5"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: 'quantization_config' (method '%2') is not supported; get the bf16 form "
                      "of the model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 has no chat template (chat_template.jinja, or chat_template in "
                      "tokenizer_config.json), so it is no chat model; choose an Instruct model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 is the chat template of %2; Fireside knows that of Qwen3-Instruct-2507 "
                      "only"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 is a chat template not known here (hash %2); Fireside knows that of "
                      "Qwen3-Instruct-2507 only"),

    QT_TRANSLATE_NOOP("EngineWords", "device %1 cannot be used: %2"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "there is no device %1; `fireside-cli doctor` lists the devices of this "
                      "machine"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "this build of Fireside has no CUDA library (%1 was not found beside the "
                      "program); install a build with CUDA, or choose the device cpu"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "no NVIDIA driver found: neither %1 nor %2 is there; install the driver if "
                      "this machine has an NVIDIA GPU (in a container, start it with access to the "
                      "GPU)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the NVIDIA driver is too old: it supports CUDA %1, Fireside needs %2; "
                      "update the driver"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the NVIDIA driver is loaded, but its library %1 is missing; install the "
                      "CUDA part of the driver (in a container, start it with access to the GPU)"),
    QT_TRANSLATE_NOOP("EngineWords", "no NVIDIA driver answers; install or load the driver"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the driver sees no GPU (CUDA_VISIBLE_DEVICES may hide it); unset that "
                      "variable or choose the device cpu"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the driver does not work: %1; restart the machine or reinstall the driver"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "compute capability %1 is too old: Fireside needs %2 (Ampere) or newer; "
                      "choose another GPU or the device cpu"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the GPU failed while computing a step: %1; reload the model, and restart "
                      "Fireside if that does not help"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the GPU failed while %1: %2; reload the model, and restart Fireside if that "
                      "does not help"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the model does not fit on the GPU: weights %1 + workspace %2 + graphs %3 + "
                      "KV cache %4 (%5 tokens) = %6, but %7 may be used (%8 free of %9); close "
                      "other programs on the GPU, lower max_model_len or kv_cache_bytes, or choose "
                      "the device cpu"),

    QT_TRANSLATE_NOOP("EngineWords",
                      "the GPU has failed, and its driver lets only a new process use it again; "
                      "restart Fireside (nothing that was said is lost), or choose the device cpu"),
    QT_TRANSLATE_NOOP(
        "EngineWords",
        "the GPU has no memory left, found while %1: %2; close other programs on the GPU, lower "
        "gpu_memory_utilization or max_model_len, or choose the device cpu"),
    QT_TRANSLATE_NOOP("EngineWords", "the GPU cannot be used: %1"),
    QT_TRANSLATE_NOOP("EngineWords", "there is no GPU %1; this machine has %2 (cuda:0 to %3)"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the weight %1 is %2; the GPU computes with bf16 or f16 weights: choose the "
                      "device cpu, or a checkpoint in bf16"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the weight %1 is %2; on the GPU all matrices must have one type"),
    QT_TRANSLATE_NOOP(
        "EngineWords",
        "head_dim is %1; the GPU computes heads of 64 and 128: choose the device cpu"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the GPU needs hidden and intermediate sizes that are multiples of 8 and at "
                      "most 128 query heads for each key/value head; choose the device cpu"),
    QT_TRANSLATE_NOOP(
        "EngineWords",
        "kv_cache_dtype is %1; the CPU keeps its KV cache in float32 only: choose auto, or a GPU"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "kv_cache_dtype is %1, but the model is in %2: choose auto or fp8"),
    QT_TRANSLATE_NOOP("EngineWords", "no model was chosen; name its folder"),
    QT_TRANSLATE_NOOP("EngineWords", "loading was cancelled"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "max_model_len is %1 tokens; the model allows %2 and the cache holds %3"),
    QT_TRANSLATE_NOOP("EngineWords", "max_model_len is %1, the model's limit is %2"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the system refused %1 MiB of memory for the %2; close other programs or "
                      "choose a smaller model"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: the tokenizer has %2 tokens, but vocab_size of config.json is %3; the "
                      "files belong to different models"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the tokenizer of %1 has no added token %2, which the chat template needs; "
                      "get the file again"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: '%2' is %3, which Fireside does not know; use a model with a tokenizer "
                      "of the Qwen2 or Qwen3 kind"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: the field '%2' may change what the model computes, and Fireside does "
                      "not know it; use an unmodified Qwen3 model"),
    QT_TRANSLATE_NOOP(
        "EngineWords",
        "%1: %2 is not supported; Fireside computes the rope types 'default' and 'yarn'"),
    QT_TRANSLATE_NOOP("EngineWords", "config.json: %1 is %2; on the CPU Fireside needs %3"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the weights %1 and %2 are stored as %3 and %4; Fireside needs one dtype for "
                      "both, use a checkpoint saved in one dtype"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 is missing; the download is incomplete or it is another model"),
    QT_TRANSLATE_NOOP(
        "EngineWords",
        "%1 has the dtype %2; Fireside reads BF16, F16 and F32, so get an unquantised form"),
    QT_TRANSLATE_NOOP("EngineWords", "%1 has the shape %2; config.json asks for %3"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1: the index says that %2 holds the tensor '%3', but it does not"),
    QT_TRANSLATE_NOOP("EngineWords", "%1: %2; the file is broken, download it again"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "Fireside's own data is missing (looked in %1); install it again or set "
                      "FIRESIDE_RESOURCES"),
    QT_TRANSLATE_NOOP("EngineWords", "%1: no such file"),
    QT_TRANSLATE_NOOP("EngineWords", "cannot %1 %2: %3"),
    QT_TRANSLATE_NOOP("EngineWords", "%1 is not a file (a folder, pipe or device?)"),
    QT_TRANSLATE_NOOP("EngineWords", "%1 has %2 bytes; at most %3 are expected of such a file"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "%1 changed while it was read: another program is writing it; wait until it "
                      "is done, then try again"),
    QT_TRANSLATE_NOOP("EngineWords", "%1 is not valid JSON (%2)"),
    QT_TRANSLATE_NOOP("EngineWords", "%1 is not valid JSON"),
    QT_TRANSLATE_NOOP("EngineWords", "%1 is not a JSON object"),
    QT_TRANSLATE_NOOP("EngineWords", "%1: '%2' is missing"),
    QT_TRANSLATE_NOOP("EngineWords",
                      "the document reader cannot be started: %1. Close some documents or programs "
                      "and try again."),
    QT_TRANSLATE_NOOP(
        "EngineWords",
        "a context of %1 tokens is too small to summarise this document of %2 tokens: instructions "
        "and role take %3, an answer %4, and two summaries of parts must fit beside them. Use a "
        "context of at least %5 tokens or a role with a shorter prompt."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "a context of %1 tokens is too small to summarise this document of %2 "
                      "tokens: instructions take %3, an answer %4, and two summaries of parts must "
                      "fit beside them. Use a context of at least %5 tokens."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' is a socket or device, not a file."),
    QT_TRANSLATE_NOOP("EngineWords",
                      "'%1' is a pipe or device, not a file. Save its content to a file first."),
    QT_TRANSLATE_NOOP("EngineWords", "'%1' cannot be examined: %2."),
    // In the figures of what does not fit.
    QT_TRANSLATE_NOOP("EngineWords", "%1, gpu_memory_utilization %2"),
};

constexpr std::pair<const char*, const char*> kSettingNames[] = {
    {"the device cpu", "the processor"},
    {"max_model_len", "the longest context"},
    {"gpu_memory_utilization", "the share of the card's memory"},
    {"kv_cache_bytes", "the memory for contexts"},
    {"kv_cache_dtype", "the precision of the context cache"},
    {"choose auto, or a GPU", "choose 16 bit, or a GPU"},
    {"choose auto or fp8", "choose 16 bit or 8 bit"},
};

}  // namespace

std::span<const char* const> enginePhrases() { return kPhrases; }

std::span<const std::pair<const char*, const char*>> settingNames() { return kSettingNames; }

}  // namespace gui
