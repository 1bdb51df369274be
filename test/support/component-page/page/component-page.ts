import { mount } from 'svelte';
import '../../../../renderer/styles/tokens.css';
import '../../../../renderer/styles/base.css';
import '../../../../renderer/styles/controls.css';
import FieldsPage from './FieldsPage.svelte';
import TablePage from './TablePage.svelte';

const target = document.getElementById('app')!;

if (location.hash === '#fields') mount(FieldsPage, { target });
else mount(TablePage, { target, props: { count: Number(location.hash.slice(1)) } });
