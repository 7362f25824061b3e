#!/usr/bin/env python3
"""Write Tests/LMCoreTests/Fixtures/tokenizer/chat.json: chat templates, and what transformers makes of them.

Usage: make_chat_fixtures.py [FOLDER]

Needs `transformers` and `jinja2`. The templates below are those of the models named, as their tokenizer_config.json has them;
those of FOLDER (*.jinja, as llama.cpp's models/templates) are written too. Each is rendered with one message of a user, without and with one of
the system, and the generation prompt; null where the template refuses the messages. The date is fixed.
"""
import glob
import json
import os
import sys
from datetime import datetime

from transformers.utils import chat_template_utils

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUTPUT = os.path.join(REPOSITORY, "Tests/LMCoreTests/Fixtures/tokenizer/chat.json")

PLAIN = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
FIRST = "{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n%s<|im_end|>\n' }}{% endif %}"
WITH_DEFAULT = PLAIN.replace("in messages %}", "in messages %}" + FIRST, 1)
TEMPLATES = {
    "ChatML": PLAIN,
    "SmolLM2": WITH_DEFAULT.replace("%s", "You are a helpful AI assistant named SmolLM, trained by Hugging Face"),
    "Qwen2": WITH_DEFAULT.replace("%s", "You are a helpful assistant."),
    "Llama 3": "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
    "Gemma 3": "{{ bos_token }}\n{%- if messages[0]['role'] == 'system' -%}\n    {%- if messages[0]['content'] is string -%}\n        {%- set first_user_prefix = messages[0]['content'] + '\n\n' -%}\n    {%- else -%}\n        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '\n\n' -%}\n    {%- endif -%}\n    {%- set loop_messages = messages[1:] -%}\n{%- else -%}\n    {%- set first_user_prefix = \"\" -%}\n    {%- set loop_messages = messages -%}\n{%- endif -%}\n{%- for message in loop_messages -%}\n    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}\n        {{ raise_exception(\"Conversation roles must alternate user/assistant/user/assistant/...\") }}\n    {%- endif -%}\n    {%- if (message['role'] == 'assistant') -%}\n        {%- set role = \"model\" -%}\n    {%- else -%}\n        {%- set role = message['role'] -%}\n    {%- endif -%}\n    {{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else \"\") }}\n    {%- if message['content'] is string -%}\n        {{ message['content'] | trim }}\n    {%- elif message['content'] is iterable -%}\n        {%- for item in message['content'] -%}\n            {%- if item['type'] == 'image' -%}\n                {{ '<start_of_image>' }}\n            {%- elif item['type'] == 'text' -%}\n                {{ item['text'] | trim }}\n            {%- endif -%}\n        {%- endfor -%}\n    {%- else -%}\n        {{ raise_exception(\"Invalid content type\") }}\n    {%- endif -%}\n    {{ '<end_of_turn>\n' }}\n{%- endfor -%}\n{%- if add_generation_prompt -%}\n    {{'<start_of_turn>model\n'}}\n{%- endif -%}\n",
    "Llama 2": "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\n' + system_message + '\n<</SYS>>\n\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    "Mistral 7B 0.2": "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}",
    "TinyLlama": "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
    "Phi 3": "{% for message in messages %}{{'<|' + message['role'] + '|>' + '\n' + message['content'] + '<|end|>\n' }}{% endfor %}{% if add_generation_prompt and messages[-1]['role'] != 'assistant' %}{{- '<|assistant|>\n' -}}{% endif %}",
    # The white space of templates, and what else they are made of.
    "space": "a \n  {% if true %}\n  b\n  {%- if false %}x{% endif -%}\n  c {{ ' d ' }}\n{# note #}\ne{{- 'f' -}}  \n g\n\t{% endif %}\n\nh {%+ if true %} i{% endif %}\n",
    "loops": "{% for m in messages + [{'role': 'x', 'content': ''}] if m.content %}{{ loop.index }}/{{ loop.length }}{{ m['role'] }}{{ ', ' if not loop.last }}{% else %}none{% endfor %}{% for c in '' %}{% else %}empty{% endfor %}{% for k, v in {'a': 1, 'b': 'two'}.items() %}{{ k ~ v }}{% endfor %}{% for i in range(2, 5) %}{{ i * 2 - 1 }},{% endfor %}",
    "values": "{{ messages[-1].content[:3] }}|{{ messages[::-1] | length }}|{{ '  x ' | trim | length }}|{{ none }}|{{ true and 'yes' or 'no' }}|{{ nothing | default('d') }}|{{ 7 // 2 }}{{ -7 // 2 }}{{ -7 % 3 }}|{{ 'a,b'.split(',') | join('+') }}|{{ 'aXbX'.rstrip('X').replace('X', '-') }}|{{ 'ell' in 'hello' }}{{ 'z' not in 'hello' }}|{{ 1 == true }}|{{ tools is none }}{{ tools is defined }}{{ foo is defined }}|{{ [1, 2, 3][1:] | last }}|{{ 'A' 'b' }}|{{ not false and 1 < 2 }}",
    "namespace": "{% set ns = namespace(n=0, seen=false) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% set lost = 1 %}{% if m.role == 'user' %}{% set ns.seen = true %}{% endif %}{% endfor %}{{ ns.n }} {{ ns.seen }} {{ lost is defined }}{{ messages | selectattr('role', 'equalto', 'user') | list | length }}",
    "refuses": "{{ raise_exception('no: ' + messages[0].role) }}",
}
TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
USERS = ["Hi there!", "  spaces around\n"]
SYSTEM = " Be brief. "


class FixedDate(datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 11, 29, 12, 0, 0)


def render(template, user, system):
    messages = ([{"role": "system", "content": system}] if system else []) + [{"role": "user", "content": user}]
    try:
        return chat_template_utils.render_jinja_template([messages], chat_template=template, add_generation_prompt=True, **TOKENS)[0][0]
    except Exception as error:
        if os.environ.get("SHOW_ERRORS"):
            print(type(error).__name__, error)
        return None


def main():
    chat_template_utils.datetime = FixedDate
    templates = dict(TEMPLATES)
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.jinja"))) if len(sys.argv) > 1 else []:
        templates[os.path.basename(path)[:-6]] = open(path, encoding="utf-8").read()
    rows = []
    for name, template in templates.items():
        texts = [[user, system, render(template, user, system)] for user in USERS for system in (None, SYSTEM)]
        rows.append({"name": name, "template": template, "texts": texts})
    with open(OUTPUT, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
    print(OUTPUT, len(rows))


if __name__ == "__main__":
    main()
